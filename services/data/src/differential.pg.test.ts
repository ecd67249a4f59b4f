import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDataApp, type DataApp } from './data-app.fixture.ts';
import { DIFFERENTIAL_SCHEMA, type Pair, reads, writes } from './differential.fixture.ts';

/** More for a soak: `ASHLAR_TEST_CASES=20000`. */
const CASES = Number(process.env['ASHLAR_TEST_CASES'] ?? 1000);
const SEED = Number(process.env['ASHLAR_TEST_SEED'] ?? 20261121);
const SUB = '00000000-0000-0000-0000-000000000001';
const SQL_STATE = /^(?:22|42)[0-9A-Z]{3}$/;
const TIMEOUT_MS = 60_000 + CASES * 60;

let app: DataApp;

beforeAll(async () => {
  app = await createDataApp(DIFFERENTIAL_SCHEMA);
  app.configure({ transactionEnd: 'commit-allow-override' });
  await app.project.sql('analyze');
});

afterAll(() => app[Symbol.asyncDispose]());

/** What PostgreSQL answers to the same caller, undone afterwards. */
async function askPostgres(sql: string, role: string): Promise<{ readonly value: string } | { readonly code: string }> {
  const { admin } = app.project;
  await admin.query('begin');
  try {
    await admin.query(`select set_config('request.jwt.claims', $1, true), set_config('search_path', 'public', true)`, [
      JSON.stringify({ role, sub: SUB }),
    ]);
    await admin.query(`set local role ${role}`);
    const { rows } = await admin.query<{ value: string }>(`select (${sql})::text as value`);
    return { value: rows[0]?.value ?? '' };
  } catch (error) {
    if (error instanceof Error && 'code' in error) return { code: String(error.code) };
    throw error;
  } finally {
    await admin.query('rollback');
  }
}

async function askWrite(pair: Pair, role: string): Promise<{ readonly value: string } | { readonly code: string }> {
  const { admin } = app.project;
  await admin.query('begin');
  try {
    await admin.query(`select set_config('request.jwt.claims', $1, true)`, [JSON.stringify({ role, sub: SUB })]);
    await admin.query(`set local role ${role}`);
    const { rows } = await admin.query<{ coalesce: unknown }>({
      text: pair.sql,
      types: { getTypeParser: () => String },
    });
    return { value: String(rows[0]?.coalesce) };
  } catch (error) {
    if (error instanceof Error && 'code' in error) return { code: String(error.code) };
    throw error;
  } finally {
    await admin.query('rollback');
  }
}

async function askService({ method, path, parameters, body, countSql }: Pair, role: string) {
  const query = parameters.map(([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(value)}`).join('&');
  const prefer = countSql === null ? 'return=representation, tx=rollback' : 'count=exact';
  const reply = await app.ask({
    method,
    url: `${path}?${query}`,
    role,
    sub: SUB,
    headers: { prefer },
    ...(body === null ? {} : { body }),
  });
  const total = Number(String(reply.headers['content-range'] ?? '').split('/')[1]);
  // Serialised lists begin each element on a line of its own; where lines break is no part of the value.
  const text = compact(reply.text);
  const { code } = (reply.json ?? {}) as { readonly code?: string };
  return { answer: reply.status < 300 ? { value: text } : { code: code ?? '' }, total, status: reply.status };
}

function compact(json: string): string {
  return json.replaceAll(/, ?\n ?/g, ',');
}

for (const role of ['anon', 'authenticated']) {
  test(`reads as ${role} answer what SQL answers under that role`, { timeout: TIMEOUT_MS }, async () => {
    await fc.assert(
      fc.asyncProperty(reads, async (pair) => {
        const wanted = await askPostgres(pair.sql, role);
        const got = await askService(pair, role);
        if (got.status === 416) return;
        if ('value' in wanted) {
          expect(got.answer).toEqual({ value: compact(wanted.value) });
          const count = await askPostgres(pair.countSql ?? '', role);
          expect(got.total).toBe('value' in count ? Number(count.value) : Number.NaN);
        } else {
          // Of several mistakes in one request PostgreSQL reports the first it meets, and the texts differ in order.
          expect(got.answer).toEqual({ code: expect.stringMatching(SQL_STATE) });
        }
      }),
      { numRuns: Math.ceil(CASES * 0.4), seed: SEED },
    );
  });

  test(`writes as ${role} change what SQL changes under that role`, { timeout: TIMEOUT_MS }, async () => {
    await fc.assert(
      fc.asyncProperty(writes, async (pair) => {
        const wanted = await askWrite(pair, role);
        const got = await askService(pair, role);
        expect(got.answer).toEqual('value' in wanted ? { value: compact(wanted.value) } : wanted);
      }),
      { numRuns: Math.ceil(CASES * 0.1), seed: SEED },
    );
  });
}
