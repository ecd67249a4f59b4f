import { request } from 'node:http';
import { startServer, type RunningServer } from '@ashlar/testing';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { writeAuthSettings } from './write-auth-settings.fixture.ts';

const APP = 'https://app.example.org';
const EVIL = 'https://evil.example.net';
const PASSWORD = 'correct horse battery';

let server: RunningServer;
let people = 0;
beforeAll(async () => {
  server = await startServer();
  await server.sql(`
    create table notes (id bigint generated always as identity primary key, owner uuid default auth.uid(), body text);
    alter table notes enable row level security;
    create policy own on notes to authenticated using (owner = auth.uid()) with check (owner = auth.uid());`);
});
afterAll(() => server?.stop());
beforeEach(async () => {
  await writeAuthSettings(server, 'general', { siteUrl: APP, redirectAllowList: ['https://*.example.com/**'] });
  await writeAuthSettings(server, 'sessions', { cookiesEnabled: true });
});

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly cookies: readonly string[];
  readonly text: string;
  // oxlint-disable-next-line typescript/no-explicit-any -- read as loosely as by a page
  readonly body: any;
}

/** A browser's request, with headers no script and no `fetch` of Node may set. */
function ask(method: string, path: string, headers: Record<string, string> = {}, body?: object): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const text = body === undefined ? '' : JSON.stringify(body);
    const sent = request(`${server.url}${path}`, {
      method,
      headers: { apikey: server.publishableKey, 'content-length': Buffer.byteLength(text), ...headers },
    });
    sent.on('error', reject).on('response', (response) => {
      let answer = '';
      response.setEncoding('utf8').on('data', (part: string) => (answer += part));
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          cookies: response.headers['set-cookie'] ?? [],
          text: answer,
          body: answer.startsWith('{') || answer.startsWith('[') ? JSON.parse(answer) : null,
        }),
      );
    });
    sent.end(text);
  });
}

const COOKIE = { 'x-ashlar-session': 'cookie' };
const pageOf = (origin: string, site: string): Record<string, string> => ({ origin, 'sec-fetch-site': site });

async function signedUp(): Promise<{ answer: Answer; cookie: string; access: string; email: string }> {
  people += 1;
  const email = `page${people}@example.org`;
  const headers = { ...COOKIE, ...pageOf(APP, 'cross-site') };
  const answer = await ask('POST', '/auth/v1/signup', headers, { email, password: PASSWORD });
  expect(answer.status).toBe(200);
  const pairs = answer.cookies.map((cookie) => cookie.split(';', 1)[0] ?? '');
  return { answer, email, cookie: pairs.join('; '), access: pairs[0] ?? '' };
}

test('a page that asks for it gets its session in cookies and no token in the body', async () => {
  const { answer } = await signedUp();
  expect(answer.text).not.toContain('access_token');
  expect(answer.text).not.toContain('refresh_token');
  expect(answer.body).toMatchObject({ token_type: 'bearer', user: { role: 'authenticated' } });
  expect(answer.cookies).toEqual([
    expect.stringMatching(/^ashlar-default-access=[\w.-]+; Path=\/; Max-Age=604800; HttpOnly; SameSite=Lax$/),
    expect.stringMatching(/^ashlar-default-refresh=[\w-]+; Path=\/auth\/v1; Max-Age=604800; HttpOnly; SameSite=Lax$/),
  ]);
  expect(answer.headers).toMatchObject({
    'access-control-allow-origin': APP,
    'access-control-allow-credentials': 'true',
    vary: expect.stringContaining('Origin'),
  });
});

test('the cookie alone reads and writes as its user, also beside the key as a bearer', async () => {
  const { cookie } = await signedUp();
  const page = { cookie, ...pageOf(APP, 'cross-site') };
  const keyed = { ...page, authorization: `Bearer ${server.publishableKey}` };
  expect((await ask('POST', '/rest/v1/notes', page, { body: 'mine' })).status).toBe(201);
  expect((await ask('GET', '/rest/v1/notes?select=body', keyed)).body).toEqual([{ body: 'mine' }]);
  expect((await ask('GET', '/auth/v1/user', page)).body).toMatchObject({ role: 'authenticated' });
  const graphql = { ...page, 'content-type': 'application/json' };
  const query = { query: '{ notesCollection { edges { node { body } } } }' };
  expect((await ask('POST', '/graphql/v1', graphql, query)).text).toContain('mine');
});

test('a token in the header wins over the cookie', async () => {
  const { cookie } = await signedUp();
  const other = await ask('POST', '/auth/v1/signup', {}, { email: 'other@example.org', password: PASSWORD });
  const page = { cookie, ...pageOf(APP, 'cross-site'), authorization: `Bearer ${other.body.access_token}` };
  expect((await ask('GET', '/auth/v1/user', page)).body.email).toBe('other@example.org');
});

test.each([
  ['another origin', pageOf(EVIL, 'cross-site')],
  ['an origin that only matches a pattern', pageOf('https://x.example.com', 'cross-site')],
  ['no origin', { 'sec-fetch-site': 'cross-site' }],
  ['a sister site', { 'sec-fetch-site': 'same-site' }],
  ['an opaque origin', pageOf('null', 'cross-site')],
  ['a browser that says nothing', {}],
  ['an origin with another scheme', pageOf('http://app.example.org', 'cross-site')],
  ['an origin that begins alike', pageOf('https://app.example.org.evil.net', 'cross-site')],
])('from %s a cookie writes nothing', async (_what, page: Record<string, string>) => {
  const { cookie } = await signedUp();
  for (const [method, path] of [
    ['POST', '/rest/v1/notes'],
    ['PATCH', '/rest/v1/notes?id=eq.1'],
    ['DELETE', '/rest/v1/notes?id=eq.1'],
    ['POST', '/graphql/v1'],
    ['PUT', '/auth/v1/user'],
    ['POST', '/auth/v1/logout'],
  ] as const) {
    const answer = await ask(method, path, { cookie, ...page }, { body: 'forged' });
    expect([method, path, answer.status]).toEqual([method, path, 403]);
  }
  expect(await server.sql(`select from notes where body = 'forged'`)).toEqual([]);
});

test('a read that another site makes the browser send is nobody’s', async () => {
  const { cookie } = await signedUp();
  await ask('POST', '/rest/v1/notes', { cookie, ...pageOf(APP, 'cross-site') }, { body: 'seen?' });
  const answer = await ask('GET', '/rest/v1/notes', { cookie, ...pageOf(EVIL, 'cross-site') });
  expect(answer.body).toEqual([]);
  expect(answer.headers['access-control-allow-credentials']).toBeUndefined();
});

test('refresh takes the cookie, and only from a page that says so', async () => {
  const { cookie } = await signedUp();
  const refresh = (headers: Record<string, string>): Promise<Answer> =>
    ask('POST', '/auth/v1/token?grant_type=refresh_token', { cookie, ...headers }, {});
  // The access cookie is judged first where nothing says otherwise.
  expect((await refresh({ ...pageOf(EVIL, 'cross-site'), ...COOKIE })).status).toBe(403);
  expect((await refresh(pageOf(APP, 'cross-site'))).status).toBe(400);
  const answer = await refresh({ ...pageOf(APP, 'cross-site'), ...COOKIE });
  expect(answer.status).toBe(200);
  expect(answer.cookies).toHaveLength(2);
  expect(answer.text).not.toContain('_token":"ey');
});

test('the first sign-in of a foreign page is refused too, so that nobody is signed in as somebody else', async () => {
  const { email } = await signedUp();
  const headers = { ...COOKIE, ...pageOf(EVIL, 'cross-site') };
  const answer = await ask('POST', '/auth/v1/token?grant_type=password', headers, { email, password: PASSWORD });
  expect(answer.status).toBe(403);
  expect(answer.cookies).toEqual([]);
});

test('sign-out takes the cookies away and ends their session', async () => {
  const { cookie } = await signedUp();
  const page = { cookie, ...pageOf(APP, 'cross-site') };
  const answer = await ask('POST', '/auth/v1/logout?scope=local', page);
  expect(answer.status).toBe(204);
  expect(answer.cookies).toEqual([
    'ashlar-default-access=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax',
    'ashlar-default-refresh=; Path=/auth/v1; Max-Age=0; HttpOnly; SameSite=Lax',
  ]);
  await expect.poll(async () => (await ask('GET', '/rest/v1/notes', page)).status).toBe(401);
});

test('a preflight lets pages of the site send cookies, and no others', async () => {
  const asked = { 'access-control-request-method': 'POST', 'access-control-request-headers': 'x-ashlar-session' };
  const [ours, foreign] = await Promise.all(
    [APP, EVIL].map((origin) => ask('OPTIONS', '/rest/v1/notes', { ...asked, origin })),
  );
  expect(ours?.headers).toMatchObject({
    'access-control-allow-origin': APP,
    'access-control-allow-credentials': 'true',
  });
  expect(foreign?.headers).toMatchObject({ 'access-control-allow-origin': '*' });
  expect(foreign?.headers['access-control-allow-credentials']).toBeUndefined();
});

test('a cookie planted twice, and one of a token nobody signed, prove nothing', async () => {
  const { access } = await signedUp();
  const page = pageOf(APP, 'cross-site');
  const planted = { cookie: `${access}; ${access}`, ...page };
  // The key alone is left, and it is no user.
  expect((await ask('GET', '/auth/v1/user', planted)).text).toContain('missing sub claim');
  expect((await ask('GET', '/rest/v1/notes', { cookie: 'ashlar-default-access=a.b.c', ...page })).status).toBe(401);
  const other = { cookie: access.replace('default', 'shop'), ...page };
  expect((await ask('GET', '/auth/v1/user', other)).text).toContain('missing sub claim');
});

test('switched off, no cookie is set and none counts', async () => {
  const { cookie } = await signedUp();
  const page = { cookie, ...pageOf(APP, 'cross-site') };
  await writeAuthSettings(server, 'sessions', null);
  await expect.poll(async () => (await ask('GET', '/auth/v1/user', page)).status).toBe(403);
  const answer = await ask('POST', '/auth/v1/signup', COOKIE, { email: 'late@example.org', password: PASSWORD });
  expect(answer).toMatchObject({ status: 422, cookies: [] });
});
