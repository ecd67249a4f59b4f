import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Ask, createDataApp, type DataApp } from './data-app.fixture.ts';
import { LIBRARY } from './library.fixture.ts';

let app: DataApp;

beforeAll(async () => {
  app = await createDataApp(LIBRARY);
});

afterAll(() => app[Symbol.asyncDispose]());

describe('a function answers in the shape of its result', () => {
  test.each<[string, Ask, number, unknown]>([
    ['scalar', { method: 'POST', url: '/rpc/add', body: { a: 1, b: 2 } }, 200, 3],
    ['default argument', { method: 'POST', url: '/rpc/add', body: { a: 1 } }, 200, 2],
    ['by GET', { url: '/rpc/add?a=1&b=4' }, 200, 5],
    ['null', { method: 'POST', url: '/rpc/add', body: { a: null } }, 200, null],
    [
      'form',
      {
        method: 'POST',
        url: '/rpc/add',
        body: 'a=1&b=5',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      },
      200,
      6,
    ],
    ['set of scalars', { url: '/rpc/numbers' }, 200, [1, 2, 3]],
    ['part of a set', { url: '/rpc/numbers?limit=1&offset=1' }, 200, [2]],
    [
      'rows of a table',
      { url: '/rpc/search?q=A%25&select=id,profiles(bio)' },
      200,
      [{ id: 1, profiles: { bio: 'first' } }],
    ],
    ['argument and filter', { url: '/rpc/search?q=%25&select=id&id=gt.1&order=id.desc' }, 200, [{ id: 3 }, { id: 2 }]],
    [
      'rows and what is computed of them',
      { url: '/rpc/search?q=A%25&select=id,cheap(title)' },
      200,
      [{ id: 1, cheap: [{ title: 'Alpha' }] }],
    ],
    ['one row', { url: '/rpc/first_author?select=id,full_name' }, 200, { id: 1, full_name: 'Ada!' }],
    [
      'columns of its own',
      { url: '/rpc/listing?n=gte.4' },
      200,
      [
        { n: 4, word: 'w4' },
        { n: 5, word: 'w5' },
      ],
    ],
    ['out parameters', { method: 'POST', url: '/rpc/pair', body: {} }, 200, { a: 1, b: 'x' }],
    ['variadic by GET', { url: '/rpc/sum_all?v=1&v=2' }, 200, 3],
    ['variadic as a literal', { url: '/rpc/sum_all?v={1,2,3}' }, 200, 6],
    ['variadic by POST', { method: 'POST', url: '/rpc/sum_all', body: { v: [1, 2, 4] } }, 200, 7],
    ['the whole body', { method: 'POST', url: '/rpc/echo', body: [1, { x: 2 }] }, 200, [1, { x: 2 }]],
    [
      'one object of a set',
      { url: '/rpc/search?q=A%25&select=id', headers: { accept: 'application/vnd.pgrst.object+json' } },
      200,
      { id: 1 },
    ],
  ])('%s', async (_name, ask, status, json) => {
    expect(await app.ask(ask)).toMatchObject({ status, json });
  });

  test('void answers nothing', async () => {
    expect(await app.ask({ method: 'POST', url: '/rpc/nothing' })).toMatchObject({ status: 204, text: '' });
  });

  test('rows are counted with one evaluation', async () => {
    const reply = await app.ask({ url: '/rpc/listing?limit=2', headers: { prefer: 'count=exact' } });
    expect(reply).toMatchObject({ status: 206, headers: { 'content-range': '0-1/5' } });
  });
});

describe('what cannot be called is refused', () => {
  test('unknown parameters', async () => {
    const reply = await app.ask({ method: 'POST', url: '/rpc/add', body: { x: 1, c: 2 } });
    expect(reply.status).toBe(404);
    expect(reply.json).toMatchObject({
      code: 'PGRST202',
      details:
        'Searched for the function public.add with parameters c, x or with a single unnamed json/jsonb parameter, but no matches were found in the schema cache.',
      message: 'Could not find the function public.add(c, x) in the schema cache',
    });
  });

  test('an unknown function, with a hint at a similar one', async () => {
    expect((await app.ask({ url: '/rpc/serch' })).json).toEqual({
      code: 'PGRST202',
      details:
        'Searched for the function public.serch without parameters, but no matches were found in the schema cache.',
      hint: 'Perhaps you meant to call the function public.search',
      message: 'Could not find the function public.serch without parameters in the schema cache',
    });
  });

  test('several of the same names', async () => {
    expect(await app.ask({ url: '/rpc/over?a=1' })).toMatchObject({
      status: 300,
      json: {
        code: 'PGRST203',
        message:
          'Could not choose the best candidate function between: public.over(a => integer), public.over(a => text)',
      },
    });
  });

  test.each(['PUT', 'PATCH', 'DELETE'])('%s', async (method) => {
    expect(await app.ask({ method, url: '/rpc/add' })).toMatchObject({
      status: 405,
      json: { code: 'PGRST101', message: `Cannot use the ${method} method on RPC` },
    });
  });

  test('a write by GET', async () => {
    expect(await app.ask({ url: '/rpc/add_book?title=x' })).toMatchObject({ status: 405, json: { code: '25006' } });
    expect(await app.ask({ method: 'POST', url: '/rpc/add_book', body: { title: 'x' } })).toMatchObject({
      status: 200,
    });
  });

  test('a plain parameter beside a body', async () => {
    expect(await app.ask({ method: 'POST', url: '/rpc/add?a=1', body: { a: 1 } })).toMatchObject({
      status: 400,
      json: { code: 'PGRST100' },
    });
  });
});

describe('a function decides about the answer', () => {
  test('by a status of its own', async () => {
    expect(await app.ask({ method: 'POST', url: '/rpc/teapot' })).toMatchObject({
      status: 418,
      json: { code: 'PT418', message: 'I am a teapot', details: 'd', hint: 'h' },
    });
  });

  test('by an error of its own', async () => {
    expect(await app.ask({ method: 'POST', url: '/rpc/custom' })).toMatchObject({
      status: 402,
      headers: { 'x-why': 'because' },
      json: { code: 'X1', message: 'no', details: 'd', hint: 'h' },
    });
  });

  test('by settings', async () => {
    expect(await app.ask({ method: 'POST', url: '/rpc/with_headers' })).toMatchObject({
      status: 202,
      headers: { 'x-made': 'here' },
      json: 1,
    });
  });
});

test('SQL sees who asks, and how', async () => {
  const headers = { 'x-agent': 'test', cookie: 'c=1; d=2', prefer: 'timezone=Africa/Cairo' };
  const reply = await app.ask({ url: '/rpc/whoami', role: 'authenticated', headers });
  expect(reply).toMatchObject({
    headers: { 'preference-applied': 'timezone=Africa/Cairo' },
    json: {
      role: 'authenticated',
      method: 'GET',
      path: '/rpc/whoami',
      agent: 'test',
      cookie: '1',
      search_path: '"public", "public", "extensions"',
      zone: 'Africa/Cairo',
    },
  });
});

test('a pre-request function may refuse', async () => {
  app.configure({ preRequest: 'public.teapot' });
  const reply = await app.ask({ url: '/authors' });
  app.configure({ preRequest: null });
  expect(reply).toMatchObject({ status: 418 });
});

test('a role’s statement timeout bounds its requests', async () => {
  await app.project.sql(`
    create function slow() returns int language plpgsql as $$ begin perform pg_sleep(5); return 1; end $$;
    alter role anon in database "${app.project.target.database}" set statement_timeout = '100ms';
    notify pgrst, 'reload config'`);
  const ask = (): Promise<unknown> => app.ask({ method: 'POST', url: '/rpc/slow', role: 'anon' });
  await expect
    .poll(ask, { timeout: 10_000, interval: 200 })
    .toMatchObject({ status: 500, json: { code: '57014', message: 'canceling statement due to statement timeout' } });
});
