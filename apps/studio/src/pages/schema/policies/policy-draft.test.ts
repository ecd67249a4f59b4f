import { expect, test } from 'vitest';
import type { PolicyInfo, TableInfo } from '../../../api/structure-types.ts';
import { fromTemplate, guessParts, policyOperations } from './policy-draft.ts';

const table = (name: string, columns: readonly string[]): TableInfo => ({
  schema: 'public',
  name,
  kind: 'table',
  owner: 'postgres',
  rowSecurity: true,
  rows: null,
  comment: null,
  columns: columns.map((column) => ({
    name: column,
    type: 'uuid',
    nullable: true,
    default: null,
    identity: null,
    generated: false,
    comment: null,
  })),
});
const notes = table('Notes', ['id', 'Owner', 'org_id']);
const members = table('members', ['org_id', 'user_id']);

test('templates speak of the columns that are there', () => {
  const parts = guessParts(notes, [notes, members]);
  expect(fromTemplate('own', parts).using).toBe('(select auth.uid()) = "Owner"');
  expect(fromTemplate('members', parts).using).toBe(
    '"org_id" in (select m."org_id" from "public"."members" m where m."user_id" = (select auth.uid()))',
  );
  expect(fromTemplate('members', guessParts(notes, [notes])).using).toBe('');
});

const before: PolicyInfo = {
  schema: 'public',
  table: 'Notes',
  name: 'own',
  command: 'select',
  permissive: true,
  roles: ['public'],
  using: 'true',
  check: null,
};
const operations = (change: object): readonly string[] =>
  policyOperations(notes, { ...before, using: 'true', check: '', ...change }, before).map(({ operation }) => operation);

test('a policy is altered where it can be, and made anew where it cannot', () => {
  expect(operations({})).toEqual([]);
  expect(operations({ name: 'mine' })).toEqual(['rename-policy']);
  expect(operations({ using: 'false', name: 'mine' })).toEqual(['alter-policy', 'rename-policy']);
  expect(operations({ roles: ['anon'] })).toEqual(['alter-policy']);
  expect(operations({ command: 'update' })).toEqual(['drop-policy', 'create-policy']);
  expect(operations({ permissive: false })).toEqual(['drop-policy', 'create-policy']);
  expect(operations({ using: ' ' })).toEqual([]);
});

test('a policy for adding has no condition of rows that are there', () => {
  const draft = { ...fromTemplate('own', guessParts(notes, [])), command: 'insert' as const, check: 'true' };
  expect(policyOperations(notes, draft, null)).toEqual([
    {
      operation: 'create-policy',
      input: {
        schema: 'public',
        table: 'Notes',
        name: 'Own rows',
        command: 'insert',
        permissive: true,
        roles: ['authenticated'],
        check: 'true',
      },
    },
  ]);
});
