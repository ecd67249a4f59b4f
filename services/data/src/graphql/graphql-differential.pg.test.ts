import { proofSize } from '@ashlar/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDataApp, type DataApp } from '../data-app.fixture.ts';
import { DIFFERENTIAL_SCHEMA } from '../differential.fixture.ts';
import { operations } from './graphql-differential.fixture.ts';

const CASES = proofSize('graphql', { short: 400, full: 20_000 });
const SEED = Number(process.env['ASHLAR_TEST_SEED'] ?? 20261121);
const SUB = '00000000-0000-0000-0000-000000000001';
const ROLES = ['anon', 'authenticated', 'service_role'] as const;
const TIMEOUT_MS = 60_000 + CASES * 60;

let app: DataApp;

beforeAll(async () => {
  app = await createDataApp(DIFFERENTIAL_SCHEMA);
  await app.project.sql('analyze');
});

afterAll(() => app[Symbol.asyncDispose]());

/** What PostgreSQL answers to the same caller. */
async function askPostgres(sql: string, role: string): Promise<unknown> {
  const { admin } = app.project;
  await admin.query('begin read only');
  try {
    await admin.query(`select set_config('request.jwt.claims', $1, true), set_config('search_path', 'public', true)`, [
      JSON.stringify({ role, sub: SUB }),
    ]);
    await admin.query(`set local role ${role}`);
    const { rows } = await admin.query<{ value: string }>(`select (${sql})::text as value`);
    return JSON.parse(rows[0]?.value ?? 'null');
  } finally {
    await admin.query('rollback');
  }
}

for (const role of ROLES) {
  test(`operations as ${role} answer what SQL answers under that role`, { timeout: TIMEOUT_MS }, async () => {
    await fc.assert(
      fc.asyncProperty(operations, async ({ query, sql }) => {
        const { json } = await app.graphql({ query, role, sub: SUB });
        expect(json).toEqual({ data: await askPostgres(sql, role) });
      }),
      { numRuns: Math.ceil(CASES / ROLES.length), seed: SEED },
    );
  });
}
