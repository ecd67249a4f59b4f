import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { createDataApp, type DataApp, type Reply } from './data-app.fixture.ts';
import { LIBRARY } from './library.fixture.ts';

const app: DataApp = await createDataApp(LIBRARY);
const REPRESENT = { prefer: 'return=representation' };
const OBJECT = 'application/vnd.pgrst.object+json';

beforeEach(async () => {
  await app.project.sql(`truncate labels, book_labels; insert into labels values (1, 'new'), (2, 'old')`);
});

afterAll(() => app[Symbol.asyncDispose]());

const words = async (): Promise<unknown> =>
  (await app.project.sql<{ all: unknown }>(`select json_agg(l order by id) as all from labels l`))[0]?.all;

describe('insert', () => {
  test('one row, nothing returned', async () => {
    const reply = await app.ask({ method: 'POST', url: '/labels', body: { id: 3, word: 'x' } });
    expect(reply).toMatchObject({ status: 201, text: '', headers: { 'content-range': '*/*', 'content-length': '0' } });
    expect(await words()).toContainEqual({ id: 3, word: 'x' });
  });

  test('many rows, returned as selected', async () => {
    const reply = await app.ask({
      method: 'POST',
      url: '/labels?select=word&order=id.desc',
      body: [
        { id: 3, word: 'x' },
        { id: 4, word: 'y' },
      ],
      headers: { prefer: 'return=representation,count=exact' },
    });
    expect(reply).toMatchObject({
      status: 201,
      json: [{ word: 'y' }, { word: 'x' }],
      headers: { 'content-range': '*/2', 'preference-applied': 'return=representation, count=exact' },
    });
  });

  test('a returned row embeds what belongs to it', async () => {
    const reply = await app.ask({
      method: 'POST',
      url: '/books?select=title,full:authors!author_id(full_name)',
      body: { author_id: 1, title: 'New' },
      headers: { ...REPRESENT, accept: OBJECT },
    });
    expect(reply).toMatchObject({ status: 201, json: { title: 'New', full: { full_name: 'Ada!' } } });
  });

  test('headers only tells where the row is', async () => {
    const reply = await app.ask({
      method: 'POST',
      url: '/labels',
      body: { id: 5, word: 'z' },
      headers: { prefer: 'return=headers-only' },
    });
    expect(reply).toMatchObject({ status: 201, text: '', headers: { location: '/labels?id=eq.5' } });
  });

  test('absent members are null, or the default where that is preferred', async () => {
    const ask = {
      method: 'POST',
      url: '/books?select=price,stock&columns=price,stock',
      body: [{ price: 1 }, { stock: 9 }],
    };
    expect((await app.ask({ ...ask, headers: REPRESENT })).json).toEqual([
      { price: 1, stock: null },
      { price: null, stock: 9 },
    ]);
    const defaults = await app.ask({ ...ask, headers: { prefer: 'return=representation,missing=default' } });
    expect(defaults.json).toEqual([
      { price: 1, stock: 1 },
      { price: 5, stock: 9 },
    ]);
  });

  test('an empty object is a row of defaults, an empty list nothing', async () => {
    const one = await app.ask({ method: 'POST', url: '/books?select=price', body: {}, headers: REPRESENT });
    const two = await app.ask({ method: 'POST', url: '/books?select=price', body: [{}, {}], headers: REPRESENT });
    const none = await app.ask({ method: 'POST', url: '/books', body: [], headers: REPRESENT });
    expect([one.json, two.json, none.status, none.json]).toEqual([
      [{ price: 5 }],
      [{ price: 5 }, { price: 5 }],
      201,
      [],
    ]);
  });

  test('numbers keep their digits', async () => {
    const reply = await app.ask({
      method: 'POST',
      url: '/books?select=price',
      body: '{"price":12345678901234567890.123456789}',
      headers: REPRESENT,
    });
    expect(reply.text).toBe('[{"price":12345678901234567890.123456789}]');
  });

  test('CSV and forms are rows too', async () => {
    const csv = await app.ask({
      method: 'POST',
      url: '/labels',
      body: 'id,word\n7,"a ""b"", c"\n8,NULL',
      headers: { ...REPRESENT, 'content-type': 'text/csv' },
    });
    expect(csv.json).toEqual([
      { id: 7, word: 'a "b", c' },
      { id: 8, word: null },
    ]);
    const form = await app.ask({
      method: 'POST',
      url: '/labels',
      body: 'id=9&word=a+b',
      headers: { ...REPRESENT, 'content-type': 'application/x-www-form-urlencoded' },
    });
    expect(form.json).toEqual([{ id: 9, word: 'a b' }]);
  });

  test.each([
    ['{"id":', {}, 'PGRST102', 'Empty or invalid json'],
    ['', {}, 'PGRST102', 'Empty or invalid json'],
    ['[{"id":1},{"word":"x"}]', {}, 'PGRST102', 'All object keys must match'],
    ['{"nope":1}', {}, 'PGRST204', "Could not find the 'nope' column of 'labels' in the schema cache"],
    ['x', { 'content-type': 'image/png' }, 'PGRST102', 'Content-Type not acceptable: image/png'],
    ['a,b\n1', { 'content-type': 'text/csv' }, 'PGRST102', 'All lines must have same number of fields'],
    ['{"id":"x"}', {}, '22P02', 'invalid input syntax for type integer: "x"'],
  ])('%s is refused', async (body, headers, code, message) => {
    const reply = await app.ask({
      method: 'POST',
      url: '/labels',
      body,
      headers: { 'content-type': 'application/json', ...headers },
    });
    expect(reply).toMatchObject({ status: 400, json: { code, message } });
  });

  test('a duplicate key is a conflict', async () => {
    expect(await app.ask({ method: 'POST', url: '/labels', body: { id: 1 } })).toMatchObject({
      status: 409,
      json: {
        code: '23505',
        details: 'Key (id)=(1) already exists.',
        hint: null,
        message: 'duplicate key value violates unique constraint "labels_pkey"',
      },
    });
  });

  test('what a policy refuses is 403 to somebody and 401 to nobody', async () => {
    const body = { id: 9, owner: '00000000-0000-0000-0000-000000000002' };
    const sub = '00000000-0000-0000-0000-000000000001';
    const known = await app.ask({ method: 'POST', url: '/secrets', body, role: 'authenticated', sub });
    const anonymous = await app.ask({ method: 'POST', url: '/secrets', body, role: 'anon' });
    const json = { code: '42501', message: 'new row violates row-level security policy for table "secrets"' };
    expect(known).toMatchObject({ status: 403, json });
    expect(anonymous).toMatchObject({ status: 401, json, headers: { 'www-authenticate': 'Bearer' } });
  });
});

function upsert(resolution: string, body: unknown, url = '/labels?select=*&order=id'): Promise<Reply> {
  return app.ask({ method: 'POST', url, body, headers: { prefer: `resolution=${resolution},return=representation` } });
}

function put(url: string, body: unknown): Promise<Reply> {
  return app.ask({ method: 'PUT', url, body });
}

describe('upsert', () => {
  test('merging updates what is there: 200 when nothing is new', async () => {
    expect(await upsert('merge-duplicates', { id: 1, word: 'n' })).toMatchObject({
      status: 200,
      json: [{ id: 1, word: 'n' }],
      headers: { 'preference-applied': 'resolution=merge-duplicates, return=representation' },
    });
    expect(
      await upsert('merge-duplicates', [
        { id: 1, word: 'm' },
        { id: 6, word: 'k' },
      ]),
    ).toMatchObject({ status: 201 });
    expect(await words()).toEqual([
      { id: 1, word: 'm' },
      { id: 2, word: 'old' },
      { id: 6, word: 'k' },
    ]);
  });

  test('ignoring leaves what is there and returns what is new', async () => {
    const reply = await upsert('ignore-duplicates', [
      { id: 1, word: 'n' },
      { id: 6, word: 'k' },
    ]);
    expect(reply).toMatchObject({ status: 201, json: [{ id: 6, word: 'k' }] });
  });

  test('another unique column may decide', async () => {
    const reply = await upsert('merge-duplicates', { id: 9, word: 'old' }, '/labels?on_conflict=word');
    expect(reply).toMatchObject({ status: 200, json: [{ id: 9, word: 'old' }] });
    expect(await upsert('merge-duplicates', { id: 9, stock: 1 }, '/books?on_conflict=stock')).toMatchObject({
      status: 400,
      json: { code: '42P10' },
    });
  });

  test('PUT replaces the row its key names', async () => {
    expect(await put('/labels?id=eq.4', { id: 4, word: 'p' })).toMatchObject({ status: 201 });
    expect(await put('/labels?id=eq.4', { id: 4, word: 'q' })).toMatchObject({ status: 204 });
    expect(await put('/labels?id=eq.4', { id: 5, word: 'q' })).toMatchObject({
      status: 400,
      json: { code: 'PGRST115' },
    });
    expect(await put('/labels?word=eq.4', { id: 5, word: 'q' })).toMatchObject({
      status: 405,
      json: { code: 'PGRST105' },
    });
    expect(await put('/labels?id=eq.4&limit=1', { id: 4 })).toMatchObject({ status: 400, json: { code: 'PGRST114' } });
  });
});

describe('update and delete', () => {
  test('the filtered rows change', async () => {
    const reply = await app.ask({ method: 'PATCH', url: '/labels?id=eq.1', body: { word: 'z' } });
    expect(reply).toMatchObject({ status: 204, text: '', headers: { 'content-range': '0-0/*' } });
    expect(await words()).toEqual([
      { id: 1, word: 'z' },
      { id: 2, word: 'old' },
    ]);
  });

  test('changed rows are returned and counted', async () => {
    const reply = await app.ask({
      method: 'PATCH',
      url: '/labels?id=gt.0&order=id&select=id',
      body: { word: null },
      headers: { prefer: 'return=representation,count=exact' },
    });
    expect(reply).toMatchObject({ status: 200, json: [{ id: 1 }, { id: 2 }], headers: { 'content-range': '0-1/2' } });
  });

  test('no row is no mistake', async () => {
    expect(await app.ask({ method: 'PATCH', url: '/labels?id=eq.99', body: { word: 'z' } })).toMatchObject({
      status: 204,
      headers: { 'content-range': '*/*' },
    });
    expect(await app.ask({ method: 'PATCH', url: '/labels?id=eq.1', body: {} })).toMatchObject({ status: 204 });
    expect(await app.ask({ method: 'DELETE', url: '/labels?id=eq.99', headers: REPRESENT })).toMatchObject({
      status: 200,
      json: [],
    });
  });

  test('a filter on a column selects the rows, though an embed has its name', async () => {
    const select = 'select=title,author_id(name)';
    const reply = await app.ask({
      method: 'PATCH',
      url: `/books?id=gt.0&author_id=eq.2&${select}`,
      headers: { prefer: 'return=representation, tx=rollback' },
      body: { stock: 9 },
    });
    expect(reply.json).toEqual([{ title: 'Gamma', author_id: { name: 'Bob' } }]);
  });

  test('rows are deleted', async () => {
    const reply = await app.ask({
      method: 'DELETE',
      url: '/labels?id=in.(1,2)&select=word&order=id',
      headers: REPRESENT,
    });
    expect(reply).toMatchObject({
      status: 200,
      json: [{ word: 'new' }, { word: 'old' }],
      headers: { 'content-range': '*/*' },
    });
    expect(await words()).toBeNull();
  });

  test.each(['PATCH', 'DELETE'])('%s without a filter is refused', async (method) => {
    const verb = method === 'PATCH' ? 'UPDATE' : 'DELETE';
    const reply = await app.ask({ method, url: '/labels', ...(method === 'PATCH' ? { body: { word: 'x' } } : {}) });
    expect(reply).toMatchObject({ status: 400, json: { code: '21000', message: `${verb} requires a WHERE clause` } });
  });

  test.each([
    ['PATCH', { word: null }],
    ['DELETE', undefined],
  ])('%s of more rows than one object holds changes none', async (method, body) => {
    const reply = await app.ask({
      method,
      url: '/labels?id=gt.0',
      ...(body === undefined ? {} : { body }),
      headers: { ...REPRESENT, accept: OBJECT },
    });
    expect(reply).toMatchObject({ status: 406, json: { code: 'PGRST116', details: 'The result contains 2 rows' } });
    expect(await words()).toEqual([
      { id: 1, word: 'new' },
      { id: 2, word: 'old' },
    ]);
  });

  test('more rows than allowed are not changed', async () => {
    const headers = { prefer: 'handling=strict, max-affected=1' };
    const reply = await app.ask({ method: 'DELETE', url: '/labels?id=gt.0', headers });
    expect(reply).toMatchObject({ status: 400, json: { code: 'PGRST124', details: 'The query affects 2 rows' } });
    expect(await words()).toHaveLength(2);
    expect(await app.ask({ method: 'DELETE', url: '/labels?id=eq.1', headers })).toMatchObject({
      status: 204,
      headers: { 'preference-applied': 'handling=strict, max-affected=1' },
    });
  });

  test('a write may be tried and undone', async () => {
    app.configure({ transactionEnd: 'commit-allow-override' });
    const reply = await app.ask({
      method: 'DELETE',
      url: '/labels?id=gt.0',
      headers: { prefer: 'tx=rollback,return=representation' },
    });
    app.configure({ transactionEnd: 'commit' });
    expect(reply).toMatchObject({
      status: 200,
      headers: { 'preference-applied': 'return=representation, tx=rollback' },
    });
    expect(await words()).toHaveLength(2);
  });

  test('a writer who may not read still writes', async () => {
    await app.project.sql('revoke select on labels from authenticated');
    const minimal = await app.ask({ method: 'POST', url: '/labels', body: { id: 8 }, role: 'authenticated' });
    const returned = await app.ask({
      method: 'POST',
      url: '/labels',
      body: { id: 9 },
      role: 'authenticated',
      headers: REPRESENT,
    });
    expect([minimal.status, returned.status]).toEqual([201, 403]);
  });
});

test('strict handling names what it does not know', async () => {
  const reply = await app.ask({ url: '/labels', headers: { prefer: 'handling=strict, foo, bar=1' } });
  expect(reply).toMatchObject({ status: 400, json: { code: 'PGRST122', details: 'Invalid preferences: foo, bar=1' } });
});
