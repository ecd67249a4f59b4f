import { expect, test } from 'vitest';
import { fixOperations } from './fix-operations.ts';

const fix = (name: string, object: string, detail: string | null = null) => fixOperations({ name, object, detail }, []);

test('a finding is mended by operations that name what it is about', () => {
  expect(fix('row-security-disabled', 'public.Order items')).toEqual([
    { operation: 'set-row-security', input: { schema: 'public', table: 'Order items', enabled: true } },
  ]);
  expect(fix('definer-function-for-everybody', 'shop.add(a integer, b integer)')).toEqual([
    {
      operation: 'revoke-function',
      input: { schema: 'shop', function: 'add', signature: 'a integer, b integer', roles: ['public', 'anon'] },
    },
  ]);
  expect(fix('materialized-view-exposed', 'public.totals')?.map(({ input }) => input['role'])).toEqual([
    'anon',
    'authenticated',
  ]);
});

test('a foreign key gets an index of a name that can be, if it is still there', () => {
  const constraints = [{ schema: 'public', table: 'n'.repeat(60), name: 'k', columns: ['author'] }];
  const finding = { name: 'foreign-key-without-index', object: `public.${'n'.repeat(60)}`, detail: 'k' };
  expect(fixOperations(finding, constraints)?.[0].input['name']).toHaveLength(63);
  expect(fixOperations(finding, [])).toBeNull();
});

test('what somebody has to decide has none', () => {
  expect(fix('policy-lets-all-write', 'public.notes', 'policy all')).toBeNull();
  expect(fix('index-never-used', 'public.notes')).toBeNull();
});
