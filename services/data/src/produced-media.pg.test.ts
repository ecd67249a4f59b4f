import { afterAll, expect, test } from 'vitest';
import { createDataApp, type DataApp, type Reply } from './data-app.fixture.ts';

const app: DataApp = await createDataApp(`
  create domain "text/html" as text;
  create domain "image/png" as bytea;
  create domain "application/xml" as xml;
  create domain "*/*" as bytea;
  create domain "page/base" as text;
  create domain "text/odd name" as text;
  create function page(name text default 'you') returns "text/html" language sql stable as $$ select '<h1>Hello ' || name || ' …</h1>' $$;
  create function picture() returns "image/png" language sql stable as $$ select '\\x89504e4700ff'::bytea $$;
  create function feed() returns "application/xml" language sql stable as $$ select '<feed/>'::xml $$;
  create function nothing() returns "text/html" language sql stable as $$ select null::text $$;
  create function anything() returns "*/*" language sql stable as $$
    select set_config('response.headers', '[{"content-type": "application/pdf"}]', true); select '\\x255044462d'::bytea $$;
  create function odd() returns "text/odd name" language sql stable as $$ select 'x' $$;
  create function pages() returns setof "text/html" language sql stable as $$ select '<p>' $$;
  create function either(a int) returns "text/html" language sql stable as $$ select '<p>' $$;
  create function either(b text) returns text language sql stable as $$ select 'b' $$;
  create table drawn (id int generated always as identity);
  create function draw() returns "image/png" language sql as $$ insert into drawn default values; select '\\x89ff00'::bytea $$;
`);

afterAll(() => app[Symbol.asyncDispose]());

function get(url: string, accept?: string): Promise<Reply> {
  return app.ask({ url, headers: accept === undefined ? {} : { accept } });
}

const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8';

test.each([undefined, '*/*', 'text/html', 'text/*', BROWSER, 'application/pdf, text/html;q=0.5'])(
  'a function whose result is a media type answers Accept %s with it',
  async (accept) => {
    const { status, headers, text } = await get('/rpc/page?name=Ada', accept);
    expect([status, headers['content-type'], text]).toEqual([200, 'text/html; charset=utf-8', '<h1>Hello Ada …</h1>']);
  },
);

test('the same function answers JSON to who asks for it', async () => {
  expect(await get('/rpc/page', 'application/json')).toMatchObject({ status: 200, json: '<h1>Hello you …</h1>' });
  expect((await get('/rpc/page', 'application/json, text/html;q=0.9')).headers['content-type']).toContain('json');
});

test('it answers POST and HEAD alike', async () => {
  const posted = await app.ask({ method: 'POST', url: '/rpc/page', body: { name: 'Bob' }, headers: { accept: '*/*' } });
  expect(posted).toMatchObject({ status: 200, text: '<h1>Hello Bob …</h1>' });
  const head = await app.ask({ method: 'HEAD', url: '/rpc/page' });
  expect([head.status, head.headers['content-type'], head.text]).toEqual([200, 'text/html; charset=utf-8', '']);
});

test('bytes are sent as they are, whatever the role would print', async () => {
  for (const output of ['hex', 'escape']) {
    await app.project.sql(
      `alter role service_role in database ${app.project.database.database} set bytea_output = '${output}'`,
    );
    await app.project.sql(`notify pgrst, 'reload config'`);
    const response = await app.app.inject({ url: '/rest/v1/rpc/picture', headers: { 'x-role': 'service_role' } });
    expect(response.headers['content-type']).toBe('image/png');
    expect(response.rawPayload.toString('hex')).toBe('89504e4700ff');
  }
});

test.each([
  ['/rpc/feed', 'application/xml', '<feed/>'],
  ['/rpc/nothing', 'text/html; charset=utf-8', ''],
  ['/rpc/anything', 'application/pdf', '%PDF-'],
])('%s answers %s', async (url, type, body) => {
  const { status, headers, text } = await get(url, 'application/pdf, */*;q=0.1');
  expect([status, headers['content-type'], text]).toEqual([200, type, body]);
});

test.each(['/rpc/odd', '/rpc/pages', '/rpc/either?a=1'])('%s produces no media type of its own', async (url) => {
  expect((await get(url)).headers['content-type']).toBe('application/json; charset=utf-8');
  expect(await get(url, 'text/html')).toMatchObject({ status: 406, json: { code: 'PGRST107' } });
});

test('a type that is not produced is refused', async () => {
  expect(await get('/rpc/page', 'image/png')).toMatchObject({ status: 406, json: { code: 'PGRST107' } });
});

test('bytes under a key are made once; their replay has the status alone', async () => {
  const headers = { 'idempotency-key': 'drawn-once', accept: 'image/png' };
  const ask = { method: 'POST', url: '/rpc/draw', role: 'authenticated', sub: 'ada', headers };
  expect(await app.ask(ask)).toMatchObject({ status: 200, headers: { 'content-type': 'image/png' } });
  expect(await app.ask(ask)).toMatchObject({ status: 200, text: '', headers: { 'idempotency-replayed': 'true' } });
  expect(await app.project.sql('select from drawn')).toHaveLength(1);
});
