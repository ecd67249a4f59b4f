import type { Observation } from '@ashlar/telemetry';
import type { InjectOptions, LightMyRequestResponse } from 'fastify';
import { afterAll, expect, test } from 'vitest';
import { type GatewayOptions, createGateway } from './gateway.ts';
import { DEFAULT_GATEWAY_LIMITS } from './gateway-limits.ts';
import { PUBLISHABLE_KEY, SECRET_KEY, TEST_NOW, hsToken, testProject, testProjects } from './project.fixture.ts';
import { echoService } from './echo-service.fixture.ts';

const observations: Observation[] = [];
const closers: (() => Promise<void>)[] = [];
afterAll(() => Promise.all(closers.map((close) => close())));

function gatewayOf(options: Partial<GatewayOptions> = {}): ReturnType<typeof createGateway> {
  const rest = echoService();
  const auth = echoService({ name: 'open', publicNames: ['auth'], caller: 'optional' });
  const gateway = createGateway({
    mounts: [rest, auth].map((service) => ({ contract: service.contract, service })),
    projects: testProjects(
      [testProject(), testProject({ ref: 'strict', requireApiKey: true })],
      [testProject({ ref: 'shop' })],
    ),
    observe: (observation) => observations.push(observation),
    now: () => TEST_NOW * 1000,
    ready: () => Promise.resolve(),
    ...options,
  });
  closers.push(() => gateway.close());
  return gateway;
}

const shared = gatewayOf();
const ask = (request: InjectOptions | string): Promise<LightMyRequestResponse> => shared.app.inject(request);
const user = hsToken({ sub: 'u1', role: 'authenticated', exp: TEST_NOW + 3600 });

test.each([
  ['/rest/v1/things/a?x=1', 'default', '/rest/v1/things/a?x=1', 'http://localhost:80'],
  ['/api/v1/rest/things/a', 'default', '/rest/v1/things/a', 'http://localhost:80'],
  ['/p/shop/rest/v1/things/a', 'shop', '/rest/v1/things/a', 'http://localhost:80/p/shop'],
  ['/p/shop/api/v1/auth/things/a', 'shop', '/auth/v1/things/a', 'http://localhost:80/p/shop'],
])('%s reaches its service in project %s', async (url, ref, seen, publicUrl) => {
  const answer = await ask(url);
  expect(answer.statusCode).toBe(200);
  expect(answer.json()).toMatchObject({ ref, url: seen, publicUrl, role: 'anon' });
});

test.each([
  '/rest/v1',
  '/rest/v1/',
  '/api/v1/rest',
  '/api/v1/rest/',
  '/p/shop/rest/v1',
  '/p/shop/rest/v1/',
  '/rest/v1/?a=1',
])('%s is the root of its service', async (url) => {
  expect((await ask(url)).json()).toMatchObject({ root: true });
});

test.each([
  ['/nothing', 404],
  ['/rest/v2/x', 404],
  ['/%72est/v1/things/a', 404],
  ['/p/shop', 404],
  ['/p/shop/health', 404],
  ['/favicon.ico', 404],
])('%s leads nowhere, in JSON', async (url, status) => {
  const answer = await ask(url);
  expect(answer.statusCode).toBe(status);
  expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
  expect(answer.json()).toEqual({ code: 'not_found', message: 'This path leads nowhere', details: null, hint: null });
});

test.each([
  ['/rest/v1/unknown/path', 404, 'not_found'],
  ['/p/nope/rest/v1/things/a', 404, 'not_found'],
  ['/p/No%20Ref/rest/v1/things/a', 404, 'not_found'],
  ['/rest/v1/things/%ff', 400, 'malformed'],
  ['/rest/v1/things/%', 400, 'malformed'],
  ['/rest/v1/things/a%00', 400, 'malformed'],
  [`/rest/v1/things/a?${'x'.repeat(70_000)}`, 414, 'too_large'],
])('%.60s fails in the words of the service', async (url, status, kind) => {
  const answer = await ask(url);
  expect(answer.statusCode).toBe(status);
  expect(answer.json()).toMatchObject({ echo: 'failed', kind });
});

test('a long path parameter is still routed', async () => {
  expect((await ask(`/rest/v1/things/${'x'.repeat(20_000)}`)).statusCode).toBe(200);
});

test.each([
  [{}, 200, 'anon'],
  [{ apikey: SECRET_KEY }, 200, 'service_role'],
  [{ authorization: `Bearer ${user}` }, 200, 'authenticated'],
  [{ authorization: `bearer   ${user}` }, 200, 'authenticated'],
  [{ authorization: 'Basic dTpw' }, 200, 'anon'],
  [{ apikey: 'nope' }, 401, undefined],
  [{ authorization: 'Bearer' }, 401, undefined],
  [{ authorization: 'Bearer a.b' }, 401, undefined],
])('headers %.60j are answered with %d', async (headers, status, role) => {
  const answer = await ask({ url: '/rest/v1/things/a', headers });
  expect(answer.statusCode).toBe(status);
  expect(answer.json()).toMatchObject(role === undefined ? { echo: 'refused' } : { role });
});

test('a key may stand in the query, the header wins', async () => {
  expect((await ask(`/rest/v1/things/a?apikey=${SECRET_KEY}`)).json()).toMatchObject({ role: 'service_role' });
  const both = await ask({ url: `/rest/v1/things/a?apikey=${SECRET_KEY}`, headers: { apikey: PUBLISHABLE_KEY } });
  expect(both.json()).toMatchObject({ role: 'anon' });
});

test('a service that asks for it meets refused callers as anon, with the reason', async () => {
  const answer = await ask({ url: '/auth/v1/things/a', headers: { authorization: 'Bearer x' } });
  expect(answer.json()).toMatchObject({
    role: 'anon',
    refusal: { reason: 'token-malformed', message: 'Expected 3 parts in JWT; got 1' },
  });
});

test('a strict project refuses a request without a key', async () => {
  expect((await ask('/p/strict/rest/v1/things/a')).json()).toMatchObject({ reason: 'key-missing' });
  expect((await ask({ url: '/p/strict/rest/v1/things/a', headers: { apikey: PUBLISHABLE_KEY } })).statusCode).toBe(200);
});

test.each(['/rest/v1/things/a', '/p/nope/rest/v1/x', '/p/strict/auth/v1/user', '/nothing'])(
  'a preflight of %s needs no credentials',
  async (url) => {
    const answer = await ask({
      method: 'OPTIONS',
      url,
      headers: {
        origin: 'https://app.example',
        'access-control-request-method': 'PATCH',
        'access-control-request-headers': 'authorization, x-my-own',
        apikey: 'broken',
      },
    });
    expect(answer.statusCode).toBe(204);
    expect(answer.body).toBe('');
    expect(answer.headers).toMatchObject({
      'access-control-allow-origin': '*',
      'access-control-allow-headers': 'authorization, x-my-own',
      'access-control-max-age': '86400',
    });
    expect(answer.headers['access-control-allow-methods']).toContain('PATCH');
  },
);

test('a preflight that names no headers is told the usual ones', async () => {
  const answer = await ask({
    method: 'OPTIONS',
    url: '/rest/v1/x',
    headers: { 'access-control-request-method': 'GET', 'access-control-request-headers': 'a\tb, "' },
  });
  expect(answer.headers['access-control-allow-headers']).toContain('x-supabase-api-version');
});

test('OPTIONS without preflight headers is answered too', async () => {
  expect((await ask({ method: 'OPTIONS', url: '/p/strict/rest/v1/unknown' })).statusCode).toBe(204);
});

test.each(['/rest/v1/things/a', '/rest/v1/fail', '/rest/v1/unknown', '/rest/v1/things/%ff', '/nothing', '/health'])(
  'the answer of %s can be read by a page',
  async (url) => {
    const { headers } = await ask({ url, headers: { origin: 'https://page.example.org' } });
    expect(headers['access-control-allow-origin']).toBe('*');
    expect(headers['access-control-expose-headers']).toContain('Content-Range');
    expect(headers['sb-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  },
);

test('an answer to a program does not carry the list of headers pages may read', async () => {
  const { headers } = await ask('/health');
  expect(headers['access-control-allow-origin']).toBe('*');
  expect(headers['access-control-expose-headers']).toBe('*');
});

test.each(['TRACE', 'PROPFIND', 'QUERY', 'MKCOL', 'UNLINK'])(
  'method %s is refused in the words of the service',
  async (method) => {
    // Safe: the injector takes any method, its type lists the usual ones.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    const answer = await ask({ method: method as 'GET', url: '/rest/v1/things/a' });
    expect(answer.statusCode).toBe(405);
    expect(answer.json()).toMatchObject({ kind: 'method_not_allowed', message: `Unsupported HTTP method: ${method}` });
  },
);

test.each([
  ['{"a":', 'application/json', 400, 'malformed'],
  ['{"__proto__":{"admin":true}}', 'application/json', 400, 'malformed'],
  ['', 'application/json', 400, 'malformed'],
  ['x', 'application/x-unknown', 400, 'malformed'],
  [JSON.stringify('x'.repeat(2000)), 'application/json', 413, 'too_large'],
])('body %.30j as %s is refused with %d', async (payload, type, status, kind) => {
  const answer = await ask({ method: 'POST', url: '/rest/v1/things/a', payload, headers: { 'content-type': type } });
  expect(answer.statusCode).toBe(status);
  expect(answer.json()).toMatchObject({ echo: 'failed', kind });
});

test('a fault inside shows neither its reason nor its place', async () => {
  observations.length = 0;
  const answer = await ask('/rest/v1/fail');
  expect(answer.statusCode).toBe(500);
  expect(answer.json()).toEqual({ echo: 'failed', kind: 'internal', message: 'Something went wrong on our side' });
  expect(observations).toContainEqual(
    expect.objectContaining({ kind: 'request.failed', service: 'echo', error: expect.any(Error) }),
  );
});

test('headers beyond their limit are refused with 431', async () => {
  const answer = await ask({ url: '/rest/v1/things/a', headers: { 'x-filler': 'x'.repeat(33 * 1024) } });
  expect(answer.statusCode).toBe(431);
  expect(answer.json()).toMatchObject({ kind: 'too_large' });
});

test('a sane request id is kept, another is replaced', async () => {
  const kept = await ask({ url: '/rest/v1/things/a', headers: { 'x-request-id': 'req-1.2:3' } });
  expect(kept.headers['sb-request-id']).toBe('req-1.2:3');
  expect(kept.json()).toMatchObject({ requestId: 'req-1.2:3' });
  const replaced = await ask({ url: '/rest/v1/things/a', headers: { 'x-request-id': 'a b"\u00e4' } });
  expect(replaced.headers['sb-request-id']).toMatch(/^[0-9a-f-]{36}$/);
});

test('a trace is continued under a new span', async () => {
  const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
  const headers = { traceparent: `00-${traceId}-00f067aa0ba902b7-01` };
  expect((await ask({ url: '/rest/v1/things/a', headers })).json()).toMatchObject({ traceId });
});

test('every request is observed once, without its query', async () => {
  observations.length = 0;
  await ask({
    url: '/p/shop/rest/v1/things/a?apikey=sb_secret_x&name=eq.Ada',
    headers: { authorization: `Bearer ${user}`, 'x-request-id': 'r-9' },
    remoteAddress: '203.0.113.5',
  });
  expect(observations).toEqual([
    expect.objectContaining({
      kind: 'request.answered',
      requestId: 'r-9',
      project: 'shop',
      service: 'echo',
      method: 'GET',
      path: '/p/shop/rest/v1/things/a',
      status: 200,
      role: 'authenticated',
      address: '203.0.113.5',
    }),
  ]);
});

test('the identity header of a client is thrown away', async () => {
  const answer = await ask({ url: '/rest/v1/things/a', headers: { 'x-ashlar-identity': 'v1.forged.forged' } });
  expect(answer.json()).not.toHaveProperty('headers.x-ashlar-identity');
});

test('an address that asks too often has to wait', async () => {
  const limits = { ...DEFAULT_GATEWAY_LIMITS, perAddress: { perSecond: 0.5, burst: 2 } };
  const { app } = gatewayOf({ limits });
  const from = async (remoteAddress: string): Promise<LightMyRequestResponse> =>
    app.inject({ url: '/rest/v1/things/a', remoteAddress });
  await from('203.0.113.5');
  await from('203.0.113.5');
  const refused = await from('203.0.113.5');
  expect(refused.statusCode).toBe(429);
  expect(refused.headers).toMatchObject({ 'retry-after': '2', 'access-control-allow-origin': '*' });
  expect(refused.json()).toMatchObject({ kind: 'rate_limited', message: 'Request rate limit reached' });
  expect((await from('203.0.113.6')).statusCode).toBe(200);
});

async function secondStatus(options: Partial<GatewayOptions>): Promise<number> {
  const { app } = gatewayOf(options);
  await app.inject('/rest/v1/things/a');
  return (await app.inject('/rest/v1/things/a')).statusCode;
}

test('this machine is exempt unless it is told not to be, and everyone is in development', async () => {
  const limits = { ...DEFAULT_GATEWAY_LIMITS, perAddress: { perSecond: 0.5, burst: 1 } };
  expect(await secondStatus({ limits })).toBe(200);
  expect(await secondStatus({ limits: { ...limits, exemptLoopback: false } })).toBe(429);
  expect(await secondStatus({ limits: { ...limits, exemptLoopback: false }, dev: true })).toBe(200);
});

test('a user that asks too often has to wait, from any address and in this project', async () => {
  const { app } = gatewayOf({ limits: { ...DEFAULT_GATEWAY_LIMITS, perUser: { perSecond: 0.1, burst: 1 } } });
  const as = async (token: string, remoteAddress: string, prefix = ''): Promise<number> => {
    const headers = { authorization: `Bearer ${token}` };
    return (await app.inject({ url: `${prefix}/rest/v1/things/a`, headers, remoteAddress })).statusCode;
  };
  expect(await as(user, '203.0.113.5')).toBe(200);
  expect(await as(user, '203.0.113.6')).toBe(429);
  expect(await as(user, '203.0.113.6', '/p/shop')).toBe(200);
  expect(await as(hsToken({ sub: 'u2', role: 'authenticated' }), '203.0.113.5')).toBe(200);
});

test('beyond the bound of requests under way callers are told to come again', async () => {
  const { app } = gatewayOf({ limits: { ...DEFAULT_GATEWAY_LIMITS, requests: 1 } });
  const slow = app.inject('/rest/v1/slow/100');
  await new Promise((resolve) => {
    setTimeout(resolve, 20);
  });
  const refused = await app.inject('/rest/v1/things/a');
  expect(refused.statusCode).toBe(503);
  expect(refused.headers['retry-after']).toBe('1');
  expect((await app.inject('/health')).statusCode).toBe(200);
  expect((await slow).statusCode).toBe(200);
  expect((await app.inject('/rest/v1/things/a')).statusCode).toBe(200);
});

test('a client behind a trusted proxy is known by its own address', async () => {
  const { app } = gatewayOf({ trustedProxies: ['10.0.0.0/8'] });
  const headers = {
    'x-forwarded-for': '203.0.113.9',
    'x-forwarded-proto': 'https',
    'x-forwarded-host': 'api.example.org',
  };
  const trusted = await app.inject({ url: '/p/shop/rest/v1/things/a', headers, remoteAddress: '10.1.1.1' });
  expect(trusted.json()).toMatchObject({ clientAddress: '203.0.113.9', publicUrl: 'https://api.example.org/p/shop' });
  const stranger = await app.inject({ url: '/rest/v1/things/a', headers, remoteAddress: '192.0.2.1' });
  expect(stranger.json()).toMatchObject({ clientAddress: '192.0.2.1', publicUrl: 'http://localhost:80' });
});

test('a project that cannot be woken is unavailable, not an error', async () => {
  observations.length = 0;
  const projects = { peek: () => undefined, wake: () => Promise.reject(new Error('connect ECONNREFUSED')) };
  const answer = await gatewayOf({ projects }).app.inject('/rest/v1/things/a');
  expect(answer.statusCode).toBe(503);
  expect(answer.headers['retry-after']).toBe('1');
  expect(answer.body).not.toContain('ECONNREFUSED');
  expect(observations).toContainEqual(expect.objectContaining({ kind: 'request.failed' }));
});

test('the door says that it lives, whether it is ready, and what is behind it', async () => {
  expect((await ask('/health')).json()).toEqual({ status: 'ok' });
  expect((await ask('/ready')).json()).toEqual({ status: 'ready' });
  expect((await ask('/')).json()).toEqual({ name: 'ashlar', services: ['rest', 'auth'] });
  const away = await gatewayOf({ ready: () => Promise.reject(new Error('secret reason')) }).app.inject('/ready');
  expect(away.statusCode).toBe(503);
  expect(away.json()).toEqual({ status: 'not ready', reason: 'The database does not answer' });
});

test('two services cannot have one name, nor one of the door', () => {
  const rest = echoService();
  const door = echoService({ publicNames: ['health'] });
  const mount = (service: typeof rest): GatewayOptions['mounts'][number] => ({ contract: service.contract, service });
  expect(() => gatewayOf({ mounts: [mount(rest), mount(rest)] })).toThrow('"rest", which is taken');
  expect(() => gatewayOf({ mounts: [mount(door)] })).toThrow('"health", which is taken');
});
