import { expect, test } from 'vitest';
import type { Call } from './call.ts';
import { callPlan } from './transaction-steps.ts';

const call: Omit<Call, 'connection'> = {
  login: 'authenticator',
  role: 'anon',
  settings: [['request.jwt.claims', '{}']],
  readOnly: true,
  statementTimeoutMs: 3_000,
  statement: { text: 'select $1', values: ['x'] },
};

test('settings, limits and role travel as one step before the statement', () => {
  const { steps, wanted } = callPlan(call, { ...call, lockTimeoutMs: 250 });
  expect(steps).toEqual([
    {
      text:
        `select pg_catalog.num_nonnulls(pg_catalog.set_config('request.jwt.claims', $1, true), ` +
        `pg_catalog.set_config('transaction_read_only', $2, true), pg_catalog.set_config('lock_timeout', $3, true), ` +
        `pg_catalog.set_config('statement_timeout', $4, true), pg_catalog.set_config('role', $5, true))`,
      values: ['{}', 'on', '250', '3000', 'anon'],
    },
    call.statement,
  ]);
  expect(wanted).toBe(1);
});

test('a name of a setting cannot end its literal', () => {
  const { steps } = callPlan({ ...call, settings: [[`x', current_user, '`, 'y']] });
  expect(steps[0]?.text).toContain(`set_config('x'', current_user, ''', $1, true)`);
});

test('isolation and rollback put a transaction around the steps, the level before any snapshot', () => {
  const before = { text: 'select before()', values: [] };
  const { steps, wanted } = callPlan({ ...call, before, isolation: 'repeatable read', rollback: true });
  expect(steps.map(({ text }) => text.slice(0, 40))).toEqual([
    'begin isolation level repeatable read',
    'select pg_catalog.num_nonnulls(pg_catalo',
    'select before()',
    'select $1',
    'rollback',
  ]);
  expect(wanted).toBe(3);
});

test('more settings than a function takes arguments go into several steps', () => {
  const settings = Array.from({ length: 250 }, (_, index) => [`app.s${index}`, 'x'] as const);
  const { steps } = callPlan({ ...call, settings });
  expect(steps).toHaveLength(4);
  expect(steps[2]?.text).toContain(`set_config('role'`);
});
