import { expect, test } from 'vitest';
import { fixSql } from './fix-sql.ts';

const fix = (name: string, object: string, detail: string | null = null): string | null =>
  fixSql({ name, object, detail }, []);

test('a finding about a table, a view or a function is mended by a statement that names it', () => {
  expect(fix('row-security-disabled', 'public.Order items')).toBe(
    'alter table public."Order items" enable row level security;',
  );
  expect(fix('definer-function-search-path', 'public.add(a integer)')).toBe(
    'alter function public.add(a integer) set search_path = pg_catalog, pg_temp;',
  );
  expect(fix('index-never-used', 'shop.orders', 'orders_at_idx')).toBe('drop index shop.orders_at_idx;');
});

test('a foreign key gets an index on its columns, if it is still there', () => {
  const constraints = [{ schema: 'public', table: 'notes', name: 'notes_author_fkey', columns: ['author', 'Team'] }];
  const finding = { name: 'foreign-key-without-index', object: 'public.notes', detail: 'notes_author_fkey' };
  expect(fixSql(finding, constraints)).toBe('create index on public.notes (author, "Team");');
  expect(fixSql(finding, [])).toBeNull();
});

test('what somebody has to decide has no statement', () => {
  expect(fixSql({ name: 'policy-lets-all-write', object: 'public.notes', detail: 'policy all' }, [])).toBeNull();
});
