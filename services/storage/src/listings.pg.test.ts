import { afterAll, beforeAll, expect, test } from 'vitest';
import { createStorageFixture, type StorageFixture } from './storage.fixture.ts';

let storage: StorageFixture;

const NAMES = ['b.txt', 'B2.txt', 'a/1', 'a/2', 'a/deep/3', 'A.txt', 'c%_/x', 'c%_.txt', 'Zed', 'a b', 'a!'];

beforeAll(async () => {
  storage = await createStorageFixture();
  await storage.bucket('list');
  for (const [index, name] of NAMES.entries()) {
    await storage.test.sql(
      `insert into storage.objects (bucket_id, name, version, metadata, created_at, updated_at)
       values ('list', $1, gen_random_uuid(), '{"size": 1}', now() + $2::int * interval '1 minute', now())`,
      [name, index],
    );
  }
});

afterAll(() => storage?.[Symbol.asyncDispose]());

async function names(body: object): Promise<string[]> {
  const { body: entries, text, status } = await storage.ask({ method: 'POST', url: '/object/list/list', body });
  expect(status, text).toBe(200);
  return entries.map(({ name, id }: { name: string; id: string | null }) => (id === null ? `${name}/` : name));
}

// As the letters stand in ASCII when all are small: a blank, !, %, ., /.
const ROOT = ['a b', 'a!', 'A.txt', 'a/', 'b.txt', 'B2.txt', 'c%_.txt', 'c%_/', 'Zed'];

test('files and folders are listed together, in the order of their small letters', async () => {
  expect(await names({})).toEqual(ROOT);
  expect(await names({ sortBy: { column: 'name', order: 'desc' } })).toEqual(ROOT.toReversed());
  expect(await names({ prefix: 'a' })).toEqual(['1', '2', 'deep/']);
  expect(await names({ prefix: 'A/' })).toEqual(['1', '2', 'deep/']);
  expect(await names({ prefix: 'a/deep' })).toEqual(['3']);
  expect(await names({ prefix: 'nothing' })).toEqual([]);
});

test.each([
  ['asc', ROOT],
  ['desc', ROOT.toReversed()],
])('pages of an %sending listing join without gap or repeat', async (order, whole) => {
  for (const limit of [1, 2, 5]) {
    const seen: string[] = [];
    for (let offset = 0; offset < whole.length; offset += limit) {
      seen.push(...(await names({ limit, offset, sortBy: { column: 'name', order } })));
    }
    expect(seen).toEqual(whole);
  }
  expect(await names({ offset: 1000 })).toEqual([]);
});

test('a search is a beginning, and its letters mean themselves', async () => {
  expect(await names({ search: 'B' })).toEqual(['b.txt', 'B2.txt']);
  expect(await names({ search: '%' })).toEqual([]);
  expect(await names({ search: '_' })).toEqual([]);
  expect(await names({ search: 'c%_' })).toEqual(['c%_.txt', 'c%_/']);
  expect(await names({ prefix: 'a', search: 'de' })).toEqual(['deep/']);
});

test('by time, folders come first', async () => {
  expect(await names({ sortBy: { column: 'created_at', order: 'asc' } })).toEqual([
    'a/',
    'c%_/',
    'b.txt',
    'B2.txt',
    'A.txt',
    'c%_.txt',
    'Zed',
    'a b',
    'a!',
  ]);
  const last = { limit: 2, offset: 2, sortBy: { column: 'created_at', order: 'desc' } };
  expect(await names(last)).toEqual(['a!', 'a b']);
});

test('an entry has the members clients read', async () => {
  const { body } = await storage.ask({ method: 'POST', url: '/object/list/list', body: { prefix: 'a' } });
  const moment = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  expect(body[0]).toEqual({
    name: '1',
    id: expect.any(String),
    updated_at: moment,
    created_at: moment,
    last_accessed_at: moment,
    metadata: { size: 1 },
  });
  const none = { id: null, updated_at: null, created_at: null, last_accessed_at: null, metadata: null };
  expect(body[2]).toEqual({ name: 'deep', ...none });
});

test('unknown buckets are empty, and what is no listing is refused', async () => {
  expect((await storage.ask({ method: 'POST', url: '/object/list/unknown', body: {} })).body).toEqual([]);
  for (const body of [
    { limit: 0 },
    { limit: 1.5 },
    { offset: -1 },
    { offset: 1e9 },
    { sortBy: { column: 'name; drop table storage.objects' } },
    { sortBy: { column: 'name', order: 'sideways' } },
    { prefix: 7 },
    { prefix: 'x'.repeat(5_000) },
    { prefix: '\0' },
  ]) {
    const refused = await storage.ask({ method: 'POST', url: '/object/list/list', body });
    expect(refused, JSON.stringify(body)).toMatchObject({ status: 400, body: { code: 'InvalidRequest' } });
  }
  expect(await names({ limit: 1_000_000 })).toEqual(ROOT);
});

test.each([
  [{}, [...NAMES].length],
  [{ with_delimiter: true }, ROOT.length],
  [{ sortBy: { column: 'created_at', order: 'desc' } }, NAMES.length],
  [{ with_delimiter: true, sortBy: { column: 'name', order: 'desc' } }, ROOT.length],
])('the second listing walks %j to its end by cursor', async (options, count) => {
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await storage.ask({
      method: 'POST',
      url: '/object/list-v2/list',
      body: { ...options, limit: 2, ...(cursor === undefined ? {} : { cursor }) },
    });
    expect(page.status, page.text).toBe(200);
    const { folders, objects, hasNext, nextCursor } = page.body;
    seen.push(
      ...folders.map((folder: { name: string }) => folder.name),
      ...objects.map((o: { name: string }) => o.name),
    );
    expect(hasNext).toBe(nextCursor !== undefined);
    cursor = nextCursor;
  } while (cursor !== undefined);
  expect(seen).toHaveLength(count);
  expect(new Set(seen).size).toBe(count);
});

test('a cursor nobody was given is refused or leads nowhere', async () => {
  for (const cursor of ['AAAA', 'Li4vLi4', '%%%', 'x'.repeat(8_000)]) {
    for (const column of ['name', 'created_at']) {
      const body = { cursor, sortBy: { column, order: 'asc' } };
      const { status } = await storage.ask({ method: 'POST', url: '/object/list-v2/list', body });
      expect([200, 400]).toContain(status);
    }
  }
});

test('policies and seeds find the functions they know', async () => {
  const [row] = await storage.test.sql(`select storage.foldername('a/b/c.tar.gz') as folder,
    storage.filename('a/b/c.tar.gz') as file, storage.extension('a/b/c.tar.gz') as extension,
    (select count(*)::int from storage.search('a/', 'list')) as found,
    (select count(*)::int from storage.search_v2('a/', 'list')) as found_v2,
    (select count(*)::int from storage.list_objects_with_delimiter('list', '', '/')) as delimited,
    (select size::int from storage.get_size_by_bucket() where bucket_id = 'list') as size`);
  expect(row).toEqual({
    folder: ['a', 'b'],
    file: 'c.tar.gz',
    extension: 'gz',
    found: 3,
    found_v2: 3,
    delimited: ROOT.length,
    size: NAMES.length,
  });
});
