import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDataApp, type DataApp } from './data-app.fixture.ts';
import { LIBRARY } from './library.fixture.ts';

let app: DataApp;

beforeAll(async () => {
  app = await createDataApp(LIBRARY);
});

afterAll(() => app[Symbol.asyncDispose]());

const ids = async (url: string): Promise<unknown> => {
  const reply = await app.ask({ url });
  return Array.isArray(reply.json) ? reply.json.map(({ id }: { id: unknown }) => id) : reply.json;
};

test('a table answers with all its rows as PostgreSQL writes them', async () => {
  const reply = await app.ask({ url: '/profiles' });
  expect(reply).toMatchObject({ status: 200, text: '[{"author_id":1,"bio":"first"}]' });
  expect(reply.headers).toMatchObject({
    'content-type': 'application/json; charset=utf-8',
    'content-range': '0-0/*',
    'content-location': '/profiles',
  });
});

test('a row of another user is invisible', async () => {
  const ask = { url: '/secrets?select=note', role: 'authenticated' };
  const mine = await app.ask({ ...ask, sub: '00000000-0000-0000-0000-000000000001' });
  const theirs = await app.ask({ ...ask, sub: '00000000-0000-0000-0000-000000000002' });
  expect([mine.json, theirs.json]).toEqual([[{ note: 'mine' }], [{ note: 'theirs' }]]);
  expect((await app.ask({ ...ask, role: 'anon' })).json).toEqual([]);
});

describe('every operator filters as its SQL does', () => {
  test.each([
    ['id=eq.2', [2]],
    ['id=neq.2', [1, 3]],
    ['id=gt.2', [3]],
    ['id=gte.2', [2, 3]],
    ['id=lt.2', [1]],
    ['id=lte.2', [1, 2]],
    ['id=not.lte.2', [3]],
    ['id=eq(any).{1,3}', [1, 3]],
    ['id=gt(all).{1,2}', [3]],
    ['name=like.A*', [1]],
    ['name=ilike.b%25', [2]],
    ['name=like(any).{A*,C*}', [1, 3]],
    ['name=ilike(all).{*o*,b*}', [2]],
    ['name=match.^A', [1]],
    ['name=imatch.^a', [1]],
    ['id=in.(1,3)', [1, 3]],
    ['name=in.("Ada","C,y",Bob)', [1, 2]],
    ['id=in.()', []],
    ['id=not.in.(1,3)', [2]],
    ['age=is.null', [2]],
    ['age=not.is.null', [1, 3]],
    ['age=is.not_null', [1, 3]],
    ['age=isdistinct.36', [2, 3]],
    ['tags=cs.{x}', [1]],
    ['tags=cd.{y,z}', [2]],
    ['tags=ov.{x,z}', [1]],
    ['meta=cs.{"n":"x"}', [1]],
    ['span=cs.[2,3)', [1]],
    ['span=sl.[5,6)', [1]],
    ['span=sr.[1,5)', [2]],
    ['span=nxr.[1,6)', [1]],
    ['span=nxl.[5,9)', [2]],
    ['span=adj.[5,9)', [1]],
    ['doc=fts.quick', [1]],
    ['doc=fts(english).foxes', [1]],
    ['name=plfts.Ada', [1]],
    ['name=phfts(simple).ada', [1]],
    ['name=wfts.ada or bob', [1, 2]],
    ['meta->a->>b=eq.1', [1]],
    ['meta->>1=eq.20', [2]],
    ['tags->>0=eq.y', [2]],
    ['full_name=eq.Ada!', [1]],
    ['or=(id.eq.1,and(id.gt.2,name.eq.Cy))', [1, 3]],
    ['and=(id.gt.1,name.in.("Bob",Cy))', [2, 3]],
    ['not.or=(id.eq.1,name.eq.Bob)', [3]],
    ['or=(name.eq."A,b",tags.ov.{y,z})', [1, 2]],
    ['id=gt.1&id=lt.3', [2]],
  ])('%s', async (query, expected) => {
    expect(await ids(`/authors?select=id&order=id&${query}`)).toEqual(expected);
  });
});

describe('selecting', () => {
  test.each([
    ['/authors?select=n:name,full_name&id=eq.1', [{ n: 'Ada', full_name: 'Ada!' }]],
    ['/authors?select=meta->a->>b,meta->a&id=eq.1', [{ b: '1', a: { b: 1 } }]],
    ['/authors?select=first:tags->0,meta->1&id=eq.2', [{ first: 'y', meta: 20 }]],
    ['/authors?select=id::text,"name"&id=eq.1', [{ id: '1', name: 'Ada' }]],
    ['/authors?select=&id=eq.1', [{}]],
  ])('%s', async (url, expected) => {
    expect((await app.ask({ url })).json).toEqual(expected);
  });
});

describe('order and range', () => {
  test.each([
    ['order=id.desc', [3, 2, 1]],
    ['order=age.desc.nullslast,id', [3, 1, 2]],
    ['order=age.nullsfirst', [2, 1, 3]],
    ['order=meta->>n.nullslast,id', [1, 2, 3]],
    ['order=id&limit=1&offset=1', [2]],
    ['order=id&limit=0', []],
    ['order=id&limit=abc', [1, 2, 3]],
  ])('%s', async (query, expected) => {
    expect(await ids(`/authors?select=id&${query}`)).toEqual(expected);
  });

  test('a Range header is met with the parameters', async () => {
    const reply = await app.ask({ url: '/authors?select=id&order=id&offset=1', headers: { range: '0-1' } });
    expect(reply.json).toEqual([{ id: 2 }]);
  });

  test('a range upside down is refused', async () => {
    const reply = await app.ask({ url: '/authors', headers: { range: '5-1' } });
    expect(reply).toMatchObject({ status: 416, json: { code: 'PGRST103' } });
  });

  test('no level of a read gives more rows than the project allows', async () => {
    app.configure({ maxRows: 2 });
    try {
      const reply = await app.ask({
        url: '/authors?select=id,books!books_author_id_fkey(id)&limit=50',
        headers: { prefer: 'count=exact' },
      });
      expect(reply).toMatchObject({ status: 206, headers: { 'content-range': '0-1/3' } });
    } finally {
      app.configure({ maxRows: 1000 });
    }
  });
});

describe('counting', () => {
  test.each([
    ['/authors?limit=2', 'exact', 206, '0-1/3'],
    ['/authors', 'exact', 200, '0-2/3'],
    ['/authors?id=gt.5', 'exact', 200, '*/0'],
    ['/authors', 'estimated', 200, '0-2/3'],
    ['/authors?offset=9', 'exact', 416, undefined],
  ])('%s with count=%s', async (url, count, status, range) => {
    const reply = await app.ask({ url, headers: { prefer: `count=${count}` } });
    expect([reply.status, reply.headers['content-range']]).toEqual([status, range]);
  });

  test('a planned count is the planner’s', async () => {
    await app.project.sql('analyze authors');
    const reply = await app.ask({ url: '/authors?id=gt.0', headers: { prefer: 'count=planned' } });
    expect(reply).toMatchObject({ headers: { 'content-range': '0-2/3', 'preference-applied': 'count=planned' } });
  });

  test('HEAD answers with the same headers and no body', async () => {
    const reply = await app.ask({ method: 'HEAD', url: '/authors', headers: { prefer: 'count=exact' } });
    expect(reply).toMatchObject({ status: 200, text: '', headers: { 'content-range': '0-2/3' } });
  });
});

describe('media types', () => {
  test('one object is answered bare', async () => {
    const headers = { accept: 'application/vnd.pgrst.object+json' };
    const reply = await app.ask({ url: '/profiles', headers });
    expect(reply.text).toBe('{"author_id":1,"bio":"first"}');
    expect(reply.headers['content-type']).toBe('application/vnd.pgrst.object+json; charset=utf-8');
    expect((await app.ask({ url: '/authors', headers })).json).toEqual({
      code: 'PGRST116',
      details: 'The result contains 3 rows',
      hint: null,
      message: 'Cannot coerce the result to a single JSON object',
    });
  });

  test('CSV names its columns first', async () => {
    const reply = await app.ask({ url: '/authors?select=id,tags&order=id', headers: { accept: 'text/csv' } });
    expect(reply.text).toBe('id,tags\n1,"{x,y}"\n2,{y}\n3,');
  });

  test('nulls are left out where that is asked for', async () => {
    const headers = { accept: 'application/vnd.pgrst.array+json;nulls=stripped' };
    expect((await app.ask({ url: '/authors?select=id,age&id=eq.2', headers })).json).toEqual([{ id: 2 }]);
  });

  test('the plan of a request is shown where the project allows it', async () => {
    const accept = 'application/vnd.pgrst.plan+json; for="application/json"; options=verbose|settings;';
    expect(await app.ask({ url: '/authors?id=eq.1', headers: { accept } })).toMatchObject({ status: 406 });
    app.configure({ planEnabled: true });
    const json = await app.ask({ url: '/authors?id=eq.1', headers: { accept } });
    const text = await app.ask({
      url: '/authors',
      headers: { accept: 'application/vnd.pgrst.plan+text; options=analyze' },
    });
    app.configure({ planEnabled: false });
    expect(json).toMatchObject({ status: 200, json: [{ Plan: { 'Node Type': 'Aggregate' } }] });
    expect(json.headers['content-type']).toBe('application/vnd.pgrst.plan+json; charset=utf-8');
    expect(text.text).toContain('Execution Time');
  });

  test('what cannot be had is refused', async () => {
    const reply = await app.ask({ url: '/authors', headers: { accept: 'image/png' } });
    expect(reply).toMatchObject({
      status: 406,
      json: { code: 'PGRST107', message: 'None of these media types are available: image/png' },
    });
  });
});

test('a result without a bound comes row by row and is the same', async () => {
  await app.project.sql(
    `create table many as select g as id, 'row ' || g as word from generate_series(1, 5000) g; grant all on many to service_role`,
  );
  app.configure({ maxRows: null });
  try {
    const reply = await expect
      .poll(() => app.ask({ url: '/many?order=id', headers: { prefer: 'count=exact' } }))
      .toMatchObject({ status: 200, headers: { 'content-range': '0-4999/5000' } })
      .then(() => app.ask({ url: '/many?order=id' }));
    expect(reply.json).toHaveLength(5000);
    const csv = await app.ask({ url: '/many?order=id', headers: { accept: 'text/csv' } });
    expect(csv.text.split('\n')).toHaveLength(5001);
    expect((await app.ask({ url: '/many?id=lt.0' })).text).toBe('[]');
  } finally {
    app.configure({ maxRows: 1000 });
  }
});

test('a table made a moment ago is found', async () => {
  await app.project.sql(
    'create table fresh (id int); grant select on fresh to service_role; insert into fresh values (7)',
  );
  const ask = async (): Promise<unknown> => (await app.ask({ url: '/fresh' })).json;
  await expect.poll(ask).toEqual([{ id: 7 }]);
});
