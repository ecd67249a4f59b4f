import type { TestProject } from '@ashlar/testing';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createTestProject } from '@ashlar/testing';
import type { Cell, SourceRow } from './formats/source-row.ts';
import { type LoadFault, type LoadProgress, loadRows } from './load-rows.ts';
import { type OnRepeated, readTarget } from './target-table.ts';

let project: TestProject;

beforeAll(async () => {
  project = await createTestProject();
  await project.sql(`
    set role postgres;
    create type public.mood as enum ('calm', 'tense');
    create table public.people (
      id int primary key, name text not null, age smallint check (age > 0), mood public.mood, born date,
      friend int references public.people (id) deferrable initially deferred,
      shouted text generated always as (upper(name)) stored
    );
    reset role`);
});
afterAll(() => project?.close());
beforeEach(() => project.sql('truncate public.people'));

const COLUMNS = ['id', 'name', 'age', 'mood', 'born', 'friend'];

async function load(
  lines: readonly (readonly Cell[])[],
  { onRepeated = 'refuse', columns = COLUMNS }: { readonly onRepeated?: OnRepeated; readonly columns?: string[] } = {},
): Promise<LoadProgress & { readonly faults: readonly string[] }> {
  const faults: LoadFault[] = [];
  async function* rows(): AsyncGenerator<SourceRow> {
    for (const [at, cells] of lines.entries()) yield { number: at + 1, cells };
  }
  const { ownerRole } = project.cluster;
  const settings = [
    ['search_path', 'public'],
    ['datestyle', 'ISO, DMY'],
  ] as const;
  const progress = await project.database.transaction({ login: 'owner', role: ownerRole, settings }, async (tx) => {
    const mapping = columns.map((column, source) => ({ source, column }));
    const target = await readTarget(tx, { schema: 'public', table: 'people' }, mapping);
    const signal = new AbortController().signal;
    return loadRows(tx, target, rows(), {
      onRepeated,
      onFault: (fault) => faults.push(fault),
      onProgress() {},
      signal,
    });
  });
  const said = faults.map(
    ({ row, column, reason }) => `${row.number} ${column} ${'code' in reason ? reason.code : reason.message}`,
  );
  return { ...progress, faults: said };
}
const ids = async (): Promise<unknown> =>
  (await project.sql<{ id: number }>('select id from public.people order by id')).map(({ id }) => id);

test('texts become values of their columns, with empty cells as NULL and figures of other scripts', async () => {
  const { faults } = await load([
    ['١', '=1+1', ' 30 ', 'calm', '31/12/2000', null],
    ['2', null, '', null, '2000-01-02', '1'],
  ]);
  expect(faults).toEqual([]);
  expect(await project.sql('select *, born::text from public.people order by id')).toMatchObject([
    { id: 1, name: '=1+1', age: 30, mood: 'calm', born: '2000-12-31', friend: null, shouted: '=1+1' },
    { id: 2, name: '', age: null, mood: null, born: '2000-01-02', friend: 1 },
  ]);
});

test('each wrong row is found among a thousand good ones, with its reason, and the others are loaded', async () => {
  const good = Array.from({ length: 2_500 }, (_, at): readonly Cell[] => [
    String(at + 1),
    `n${at}`,
    '5',
    null,
    null,
    null,
  ]);
  const lines = good.with(10, ['11', 'x', 'young', null, null, null]).with(1_200, ['7', 'x', '5', null, null, null]);
  const { faults, ...progress } = await load(
    lines.with(2_400, ['2401', 'x', '-1', 'sad', '31/02/2000', null]).with(2_499, ['', 'x', '0', null, null, null]),
  );
  expect(progress).toEqual({ read: 2_500, loaded: 2_496, faulty: 4 });
  expect(faults).toEqual([
    '11 age invalid input syntax for type smallint: "young"',
    expect.stringMatching(/^1201 null duplicate key value violates unique constraint "people_pkey"/),
    '2401 mood invalid input value for enum mood: "sad"',
    expect.stringMatching(/^2500 id null value in column "id"/),
  ]);
  expect(await ids()).toHaveLength(2_496);
});

test('rows that are there already are left as they are, or replaced by key', async () => {
  await load([['1', 'one', null, null, null, null]]);
  const again: readonly (readonly Cell[])[] = [
    ['1', 'uno', '7', null, null, null],
    ['2', 'due', null, null, null, null],
    ['1', 'unus', '8', null, null, null],
  ];
  expect(await load(again, { onRepeated: 'skip' })).toMatchObject({ read: 3, loaded: 1, faulty: 0 });
  expect(await load(again, { onRepeated: 'replace' })).toMatchObject({ read: 3, loaded: 3, faulty: 0 });
  expect(await project.sql('select name, age from public.people order by id')).toEqual([
    { name: 'unus', age: 8 },
    { name: 'due', age: null },
  ]);
});

test('what is checked at the end of a transaction is checked before it is said to be good', async () => {
  await expect(load([['1', 'x', null, null, null, '99']])).rejects.toMatchObject({ code: '23503' });
  expect(await ids()).toEqual([]);
});

const intoColumns = (columns: string[]): Promise<unknown> => load([], { columns });

test('columns that are not there, or that the database fills in, are no target', async () => {
  await expect(intoColumns(['id', 'nam'])).rejects.toMatchObject({ code: 'control.import_target' });
  await expect(intoColumns(['id', 'shouted'])).rejects.toMatchObject({ code: 'control.import_target' });
});
