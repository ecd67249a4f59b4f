import type { TestProject } from '@ashlar/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { applyChange } from './apply-change.ts';
import { createLibrary } from './library.fixture.ts';
import { type AskedOperation, describeOperation, operationNames } from './operations/operations.ts';
import { previewChange } from './preview-change.ts';
import { owned } from './owned-database.fixture.ts';

let library: TestProject;

beforeAll(async () => {
  library = await createLibrary();
});

afterAll(() => library.close());

function addedColumn(name: string): AskedOperation {
  return { operation: 'add-column', input: { table: 'blank', column: { name, type: 'int' } } };
}

async function exists(name: string): Promise<boolean> {
  const [row] = await library.sql<{ found: boolean }>('select to_regclass($1) is not null as found', [name]);
  return row?.found === true;
}

test('operations are one transaction, and one migration under the next version', async () => {
  const applied = await applyChange(owned(library), [
    {
      operation: 'create-table',
      input: { table: 'loans', columns: [{ name: 'id', type: 'bigint', nullable: false }] },
    },
    { operation: 'add-column', input: { table: 'loans', column: { name: 'until', type: 'date' } } },
    { operation: 'add-primary-key', input: { table: 'loans', columns: ['id'] } },
  ]);
  const rows = await library.sql('select version, name, statements from supabase_migrations.schema_migrations');
  expect(rows).toEqual([{ ...applied, statements: [...applied.statements] }]);
  expect(applied.name).toBe('create_table_add_column_add_primary_key');
  const [again] = [await applyChange(owned(library), [{ operation: 'drop-table', input: { table: 'loans' } }])];
  expect(BigInt(again.version)).toBeGreaterThan(BigInt(applied.version));
});

test('tables have row-level security unless asked for without, and belong to the owner of the project', async () => {
  await applyChange(owned(library), [
    { operation: 'create-table', input: { table: 'guarded', columns: [{ name: 'id', type: 'int' }] } },
  ]);
  expect(
    await library.sql(
      `select relrowsecurity as guarded, relowner::regrole::text as owner from pg_class where relname = 'guarded'`,
    ),
  ).toEqual([{ guarded: true, owner: 'postgres' }]);
});

test('what fails in the middle changes nothing and names the statement', async () => {
  const failing = applyChange(owned(library), [
    { operation: 'create-schema', input: { schema: 'half' } },
    { operation: 'set-column-nullable', input: { table: 'books', column: 'price', nullable: false } },
  ]);
  await expect(failing).rejects.toMatchObject({
    code: 'control.meta_change_failed',
    params: { sqlstate: '23502', statement: expect.stringContaining('set not null') },
  });
  expect(await library.sql(`select from pg_namespace where nspname = 'half'`)).toEqual([]);
});

test('what somebody was shown is what is run, or nothing is', async () => {
  const asked = { operation: 'publish-table', input: { table: 'authors' } };
  const { statements } = await previewChange(owned(library), asked);
  await library.sql('alter table public.authors enable row level security, replica identity full');
  await expect(applyChange(owned(library), [asked], { expected: statements })).resolves.toBeDefined();
  const second = { operation: 'publish-table', input: { table: 'blank' } };
  const shown = await previewChange(owned(library), second);
  await library.sql('alter table public.blank enable row level security');
  await expect(applyChange(owned(library), [second], { expected: shown.statements })).rejects.toMatchObject({
    code: 'control.meta_preview_outdated',
  });
});

test('two at once take turns', async () => {
  const applied = await Promise.all(['a', 'b', 'c'].map((name) => applyChange(owned(library), [addedColumn(name)])));
  expect(new Set(applied.map(({ version }) => version)).size).toBe(3);
});

test('somebody else holding a table is waited for only so long', async () => {
  await library.sql('begin; lock table public.authors in access share mode');
  try {
    const waiting = applyChange(
      owned(library),
      [{ operation: 'drop-table', input: { table: 'authors', cascade: true } }],
      {
        lockTimeoutMs: 100,
      },
    );
    await expect(waiting).rejects.toMatchObject({ code: 'control.meta_change_failed', params: { sqlstate: '55P03' } });
  } finally {
    await library.sql('rollback');
  }
  expect(await exists('public.authors')).toBe(true);
});

test.each([
  ['a name that is none', 'create-schema', { schema: '' }],
  ['a name the server would cut', 'create-schema', { schema: 'ä'.repeat(32) }],
  ['a NUL', 'create-schema', { schema: 'a\0b' }],
  [
    'a type with more behind it',
    'add-column',
    { table: 'books', column: { name: 'x', type: 'int; drop table books' } },
  ],
  ['a type with a comma', 'add-column', { table: 'books', column: { name: 'x', type: 'int, drop column title' } }],
  [
    'a default that closes what it did not open',
    'set-column-default',
    { table: 'books', column: 'title', default: `'a'), drop column title, add column y text default ('b'` },
  ],
  ['a comment in a policy', 'create-policy', { table: 'books', name: 'x', using: 'true -- and so on' }],
  ['a policy with an open quote', 'create-policy', { table: 'books', name: 'x', using: `'` }],
  ['members nobody asked for', 'drop-table', { table: 'books', force: true }],
  ['no columns', 'create-index', { table: 'books', name: 'x', parts: [] }],
  ['another shape altogether', 'create-table', 'books'],
])('%s is refused before anything is run', async (_what, operation, input) => {
  await expect(previewChange(owned(library), { operation, input })).rejects.toMatchObject({
    code: 'control.meta_input_invalid',
  });
  await expect(applyChange(owned(library), [{ operation, input }])).rejects.toMatchObject({
    code: 'control.meta_input_invalid',
  });
  expect(await exists('public.books')).toBe(true);
});

test('the body of a view cannot bring a second statement', async () => {
  const input = { view: 'sly', query: 'select 1 as one; drop table public.books' };
  await expect(applyChange(owned(library), [{ operation: 'create-view', input }])).rejects.toMatchObject({
    code: 'control.meta_change_failed',
  });
  expect(await exists('public.books')).toBe(true);
});

test('what is not there and what cannot be done is said', async () => {
  const unknown = { operation: 'drop-column', input: { table: 'books', column: 'isbn' } };
  await expect(previewChange(owned(library), unknown)).rejects.toMatchObject({ code: 'control.meta_object_unknown' });
  const none = { operation: 'make-coffee', input: {} };
  await expect(previewChange(owned(library), none)).rejects.toMatchObject({ code: 'control.meta_operation_unknown' });
});

test('the platform keeps its own tables', async () => {
  const input = { schema: 'auth', table: 'users', cascade: true };
  const dropped = applyChange(owned(library), [{ operation: 'drop-table', input }]);
  await expect(dropped).rejects.toMatchObject({
    code: expect.stringMatching(/^control\.meta_(change_failed|object_unknown)$/),
  });
});

test('every operation describes its input as JSON Schema', () => {
  for (const name of operationNames) expect(describeOperation(name), name).toMatchObject({ type: 'object' });
});
