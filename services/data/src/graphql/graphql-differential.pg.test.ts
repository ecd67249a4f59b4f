import { proofSize } from '@ashlar/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDataApp, type DataApp } from '../data-app.fixture.ts';
import { askPostgres, writeInPostgres } from '../differential/oracle.fixture.ts';
import { FAILING_SEEDS } from '../differential/regressions.fixture.ts';
import { type AskingCaller, CALLERS, KEEP, RESTORE, STATE, WORLD } from '../differential/world.fixture.ts';
import { type GraphqlPair, operations } from './graphql-differential.fixture.ts';
import { type GraphqlWrite, graphqlWrites } from './graphql-writes-differential.fixture.ts';

const SHORT = 480;
const CASES = Math.max(
  proofSize('graphql', { short: SHORT, full: 20_000 }),
  proofSize('differential', { short: SHORT, full: 6000 }),
);
const SEED = Number(process.env['ASHLAR_TEST_SEED'] ?? 20261121);
const TIMEOUT_MS = 60_000 + CASES * 60;

let app: DataApp;
let start: string;

beforeAll(async () => {
  app = await createDataApp(WORLD);
  await app.project.sql(`${KEEP}; analyze`);
  start = await stateNow();
});

afterAll(() => app[Symbol.asyncDispose]());

async function ask(query: string, { role, sub }: AskingCaller): Promise<unknown> {
  const { json, status } = await app.graphql({ query, role, sub });
  expect(status).toBe(200);
  return json;
}

async function stateNow(): Promise<string> {
  const [row] = await app.project.sql<{ state: string }>(STATE);
  return row?.state ?? '';
}

/** What a role has no privilege on is no part of its schema. */
function expectUnknownField(got: unknown): void {
  const unknown = { message: expect.stringMatching(/^Cannot query field/), locations: expect.anything() };
  expect(got).toEqual({ errors: expect.arrayContaining([unknown]) });
}

async function compareRead({ query, sql, isHiddenFrom }: GraphqlPair, caller: AskingCaller): Promise<void> {
  const got = await ask(query, caller);
  if (isHiddenFrom.includes(caller.role)) {
    expectUnknownField(got);
    return;
  }
  const wanted = await askPostgres(app, caller, sql);
  expect(got).toEqual('code' in wanted ? wanted : { data: JSON.parse(wanted[0] ?? '') });
}

interface Written {
  readonly data: Readonly<Record<string, { readonly affectedCount: number; readonly records: readonly Key[] }>> | null;
  readonly errors?: readonly { readonly message: string; readonly extensions?: { readonly code: string } }[];
}

interface Key {
  readonly id: number;
}

async function compareWrite(write: GraphqlWrite, caller: AskingCaller): Promise<void> {
  const wanted = await writeInPostgres(app, caller, write.statements, true, STATE);
  const got = (await ask(write.query, caller)) as Written;
  const state = await stateNow();
  if (state !== start) await app.project.sql(RESTORE);
  if (write.isHiddenFrom.includes(caller.role)) {
    expectUnknownField(got);
    return;
  }
  const isTooMuch = 'affected' in wanted && wanted.affected.some((rows, index) => rows > (write.bounds[index] ?? rows));
  if ('affected' in wanted && !isTooMuch) {
    const inOrder = (records: readonly Key[]): readonly Key[] => records.toSorted((left, right) => left.id - right.id);
    const answers = Object.values(got.data ?? {}).map(({ affectedCount, records }) => ({
      affectedCount,
      records: inOrder(records),
    }));
    expect(got.errors).toBeUndefined();
    expect(answers).toEqual(
      wanted.affected.map((affectedCount, index) => ({
        affectedCount,
        records: JSON.parse(wanted.rows[index] ?? '') as unknown,
      })),
    );
    expect(state).toBe(wanted.state);
    return;
  }
  expect(state).toBe(start);
  expect(got.data ?? null).toBeNull();
  const [error] = got.errors ?? [];
  // A bound is held before foreign keys are looked at, and by the first mutation before the second is run.
  const mayBeBound = isTooMuch || ('code' in wanted && (wanted.code === '23503' || write.bounds.length > 1));
  if (mayBeBound && /^(?:update|delete) impacts too many records$/.test(error?.message ?? '')) return;
  expect({ code: error?.extensions?.code }).toEqual(isTooMuch ? 'a bound exceeded' : wanted);
}

describe.each(CALLERS)('as $name', (caller) => {
  test('operations answer what SQL answers', { timeout: TIMEOUT_MS }, () =>
    assertProperty('operations', caller, { numRuns: Math.ceil((CASES * 0.6) / CALLERS.length), seed: SEED }),
  );

  test('mutations change what SQL changes', { timeout: TIMEOUT_MS }, () =>
    assertProperty('mutations', caller, { numRuns: Math.ceil((CASES * 0.4) / CALLERS.length), seed: SEED }),
  );

  for (const { property, seed, runs } of FAILING_SEEDS.filter((failed) => failed.caller === caller.name)) {
    if (property !== 'operations' && property !== 'mutations') continue;
    test(`${property} from seed ${seed}`, () => assertProperty(property, caller, { numRuns: runs, seed }));
  }
});

async function assertProperty(
  property: 'operations' | 'mutations',
  caller: AskingCaller,
  parameters: { readonly numRuns: number; readonly seed: number },
): Promise<void> {
  const reading = fc.asyncProperty(operations, (pair) => compareRead(pair, caller));
  const writing = fc.asyncProperty(graphqlWrites, (write) => compareWrite(write, caller));
  if (property === 'operations') await fc.assert(reading, parameters);
  else await fc.assert(writing, parameters);
}
