import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { listMigrations, migrationsFolder, seedFile } from './migration-folder.ts';
import { needsNoTransaction } from './transaction-needs.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ashlar-migrations-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('a supabase folder is used where there is one', async () => {
  expect(migrationsFolder(undefined, folder)).toBe(join(folder, 'migrations'));
  await mkdir(join(folder, 'supabase'));
  expect(migrationsFolder(undefined, folder)).toBe(join(folder, 'supabase', 'migrations'));
  expect(migrationsFolder('elsewhere', folder)).toBe(join(folder, 'elsewhere'));
});

test('migrations come in the order of their versions, other files are left alone', async () => {
  for (const name of ['10_b.sql', '9_a.sql', '20260102030405_c_d.sql', 'README.md'])
    await writeFile(join(folder, name), '');
  expect(listMigrations(folder).map(({ version, name }) => [version, name])).toEqual([
    ['9', 'a'],
    ['10', 'b'],
    ['20260102030405', 'c_d'],
  ]);
});

test('no folder means no migrations and no seed', () => {
  expect(listMigrations(join(folder, 'none'))).toEqual([]);
  expect(seedFile(join(folder, 'none'))).toBeNull();
});

test('a file without a version, or a version twice, is named', async () => {
  await writeFile(join(folder, 'first.sql'), '');
  expect(() => listMigrations(folder)).toThrow(/first\.sql/);
  await rm(join(folder, 'first.sql'));
  await writeFile(join(folder, '1_a.sql'), '');
  await writeFile(join(folder, '1_b.sql'), '');
  expect(() => listMigrations(folder)).toThrow(/1_a\.sql, .*1_b\.sql/);
});

test.each([
  'create index concurrently i on t (a)',
  '-- why\n/* and\nhow */ CREATE UNIQUE INDEX CONCURRENTLY i on t (a)',
  'vacuum analyze t',
  'begin',
  'ALTER TABLE t DETACH PARTITION t_1 CONCURRENTLY',
])('%j cannot run in a transaction', (statement) => {
  expect(needsNoTransaction(['select 1', statement])).toBe(true);
});

test.each([
  'create index i on t (a)',
  'create function f() returns void language sql begin atomic end',
  'refresh materialized view m',
])('%j can run in a transaction', (statement) => {
  expect(needsNoTransaction([statement])).toBe(false);
});
