import { proofSize } from '@ashlar/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDataApp, type DataApp } from './data-app.fixture.ts';
import { aggregates } from './differential/aggregates.fixture.ts';
import { type ReadCase, type SentRequest, urlOf } from './differential/case.fixture.ts';
import { askPostgres, statusOf, type Told, type WrittenBySql, writeInPostgres } from './differential/oracle.fixture.ts';
import { reads } from './differential/reads.fixture.ts';
import { FAILING_SEEDS, REGRESSION_SCHEMA, REGRESSIONS } from './differential/regressions.fixture.ts';
import { type AskingCaller, CALLERS, KEEP, RESTORE, STATE, WORLD } from './differential/world.fixture.ts';
import { type WriteCase, writes } from './differential/writes.fixture.ts';

const CASES = proofSize('differential', { short: 1000, full: 12_000 });
const SEED = Number(process.env['ASHLAR_TEST_SEED'] ?? 20261121);
const TIMEOUT_MS = 60_000 + CASES * 60;
const PARSE_STATE = /^(?:22|42)[0-9A-Z]{3}$/;

let app: DataApp;
let start: string;

beforeAll(async () => {
  app = await createDataApp(`${WORLD} ${REGRESSION_SCHEMA}`);
  app.configure({ transactionEnd: 'commit-allow-override', aggregatesEnabled: true });
  await app.project.sql(`${KEEP}; analyze`);
  start = await stateNow();
});

afterAll(() => app[Symbol.asyncDispose]());

/** A list of objects without lists in them, in an order of our own. */
const elementsOf = (json: string): readonly string[] =>
  compact(json)
    .slice(1, -1)
    .split('},')
    .map((element) => element.replace(/}$/, ''))
    .toSorted();

async function askService(request: SentRequest, { role, sub }: AskingCaller) {
  const { method, headers, body } = request;
  const reply = await app.ask({ method, url: urlOf(request), role, sub, headers, ...(body === null ? {} : { body }) });
  const { code } = (reply.json ?? {}) as { readonly code?: string };
  return { ...reply, code: reply.status < 300 ? null : (code ?? ''), range: reply.headers['content-range'] };
}

/** Serialised lists begin each element on a line of its own; where lines break is no part of the value. */
const compact = (json: string): string => json.replaceAll(/, ?\n ?/g, ',');

async function compareRead(read: ReadCase, caller: AskingCaller): Promise<void> {
  const got = await askService(read.request, caller);
  const sql = [read.sql, read.rowsSql, ...(read.countSql === null ? [] : [read.countSql])];
  const wanted = await askPostgres(app, caller, ...sql);
  if ('code' in wanted) {
    // Of several mistakes PostgreSQL reports the first it meets, and the two texts differ in order.
    const code = read.faults > 1 ? expect.stringMatching(PARSE_STATE) : wanted.code;
    expect(got).toMatchObject({ code, status: statusOf(String(got.code), caller) });
    return;
  }
  const [body = '', ...counts] = wanted;
  const [rows = 0, total = null] = counts.map(Number);
  if (read.isOneObject && rows !== 1) {
    expect(got).toMatchObject({ code: 'PGRST116', status: 406 });
    return;
  }
  if (total !== null && read.offset > total) {
    expect(got).toMatchObject({ code: 'PGRST103', status: 416 });
    return;
  }
  if (read.isUnordered) expect(elementsOf(got.text)).toEqual(elementsOf(body));
  else expect(compact(got.text)).toBe(compact(body));
  const range = rows === 0 ? '*' : `${read.offset}-${read.offset + rows - 1}`;
  expect(got.range).toBe(`${range}/${total ?? '*'}`);
  expect(got.status).toBe(total !== null && rows < total ? 206 : 200);
}

/** What the service refuses by itself, and why; null where PostgreSQL decides. */
function refusalOf({ refused, maxAffected, isOneObject }: WriteCase, wanted: Told<WrittenBySql>): string | null {
  if (refused !== null) return refused;
  if ('code' in wanted) return null;
  const [affected = 0] = wanted.affected;
  if (isOneObject && affected !== 1) return 'PGRST116';
  return maxAffected !== null && affected > maxAffected ? 'PGRST124' : null;
}

/** Rows of all written tables in a state. */
const rowsIn = (state: string): number =>
  Object.values(JSON.parse(state) as Record<string, readonly unknown[] | null>).reduce(
    (sum, rows) => sum + (rows?.length ?? 0),
    0,
  );

function statusOfWrite({ request: { method }, isReturning, isMerge }: WriteCase, hasNewRows: boolean): number {
  if (method === 'POST') return isMerge && !hasNewRows ? 200 : 201;
  if (method === 'PUT' && hasNewRows) return 201;
  return isReturning ? 200 : 204;
}

async function stateNow(): Promise<string> {
  const [row] = await app.project.sql<{ state: string }>(STATE);
  return row?.state ?? '';
}

async function compareWrite(write: WriteCase, caller: AskingCaller): Promise<void> {
  const { request, isReturning, isCounted, maxAffected, faults } = write;
  const wanted = await writeInPostgres(app, caller, [write.sql], isReturning, STATE);
  const got = await askService(request, caller);
  const state = await stateNow();
  if (state !== start) await app.project.sql(RESTORE);
  const isRefused = refusalOf(write, wanted);
  if (isRefused !== null || 'code' in wanted) {
    expect(state).toBe(start);
    const code = isRefused ?? ('code' in wanted ? wanted.code : '');
    // A value that cannot be read may be met before or after what forbids the write.
    if (got.code === null && faults > 0 && request.method === 'PATCH' && isRefused === null) {
      // Where no row is changed, nobody reads the values it would get.
      expect(got.range).toMatch(/^\*\/[0*]$/);
      return;
    }
    const isEarly = isRefused === null && code === '23503' && /^PGRST1(?:16|24)$/.test(String(got.code));
    // Foreign keys are looked at after the rows were counted.
    if (isEarly) expect(write.isOneObject || maxAffected !== null).toBe(true);
    else if (faults > 0 && isRefused !== 'PGRST204') expect(String(got.code)).toMatch(/^(?:22|23|42|PGRST11)/);
    else expect(got.code).toBe(code);
    if (!String(got.code).startsWith('PGRST')) expect(got.status).toBe(statusOf(String(got.code), caller));
    return;
  }
  expect(state).toBe(write.isUndone ? start : wanted.state);
  const [affected = 0] = wanted.affected;
  const total = isCounted ? affected : '*';
  const updated = request.method === 'PATCH' && affected > 0 ? `0-${affected - 1}` : '*';
  expect(got.range).toBe(`${updated}/${total}`);
  expect(compact(got.text)).toBe(isReturning ? compact(wanted.rows[0] ?? '') : '');
  expect(got.status).toBe(statusOfWrite(write, rowsIn(wanted.state) > rowsIn(start)));
  expect(maxAffected === null || affected <= maxAffected).toBe(true);
}

const properties = {
  reads: (caller: AskingCaller) => fc.asyncProperty(reads, (read) => compareRead(read, caller)),
  aggregates: (caller: AskingCaller) => fc.asyncProperty(aggregates, (read) => compareRead(read, caller)),
  writes: (caller: AskingCaller) => fc.asyncProperty(writes, (write) => compareWrite(write, caller)),
};

describe.each(CALLERS)('as $name', (caller) => {
  test.each([
    ['reads', 'answer what SQL answers', 0.5],
    ['aggregates', 'are those of the rows SQL shows', 0.1],
    ['writes', 'change what SQL changes', 0.4],
  ] as const)('%s %s', { timeout: TIMEOUT_MS }, async (property, _says, share) => {
    await assertProperty(property, caller, { numRuns: Math.ceil((CASES * share) / CALLERS.length), seed: SEED });
  });
});

async function assertProperty(
  property: keyof typeof properties,
  caller: AskingCaller,
  parameters: { readonly numRuns: number; readonly seed: number },
): Promise<void> {
  // Each property draws cases of a kind of its own, which the library's type cannot say of their union.
  if (property === 'writes') await fc.assert(properties.writes(caller), parameters);
  else await fc.assert(properties[property](caller), parameters);
}

describe('what was wrong once', () => {
  test.each(REGRESSIONS)('$name', async ({ caller: name, request: { method, url, prefer, body }, wanted }) => {
    const { role, sub } = callerNamed(name);
    const headers = { accept: 'application/vnd.pgrst.object+json', prefer };
    expect(await app.ask({ method, url, role, sub, body, headers })).toMatchObject(wanted);
    expect(await stateNow()).toBe(start);
  });

  test.each(FAILING_SEEDS)('$property of $caller from seed $seed', async ({ property, caller, seed, runs }) => {
    if (property === 'operations' || property === 'mutations') return;
    await assertProperty(property, callerNamed(caller), { numRuns: runs, seed });
  });
});

function callerNamed(name: string): AskingCaller {
  const caller = CALLERS.find((one) => one.name === name);
  if (caller === undefined) throw new Error(`no caller is called ${name}`);
  return caller;
}
