import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import {
  type Identity,
  IDENTITY_HEADER,
  type ServiceApp,
  createServiceApp,
  identityKey,
  signIdentity,
} from '@ashlar/service';
import { ignoreObservations } from '@ashlar/telemetry';
import { afterAll, expect, test } from 'vitest';
import { type Gateway, createGateway } from './gateway.ts';
import { SECRET_KEY, TEST_NOW, hsToken, testProject, testProjects } from './project.fixture.ts';
import { echoContract, echoService } from './echo-service.fixture.ts';

// A gateway and a service as two listeners, as they would be in two processes.

const identitySecret = 'an identity secret that is long enough for everyone';
const projects = testProjects([testProject(), testProject({ ref: 'shop' })]);
const closers: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const close of closers.toReversed()) await close();
});

let clock = TEST_NOW * 1000;
const now = (): number => clock;

async function serviceAt(options: Parameters<typeof echoService>[0] = {}): Promise<{ app: ServiceApp; url: string }> {
  const app = createServiceApp({
    service: echoService(options),
    projects,
    identitySecret,
    observe: ignoreObservations,
    now,
  });
  closers.push(() => app.close());
  return { app, url: await app.listen({ host: '127.0.0.1', port: 0 }) };
}

async function gatewayTo(
  upstream: string,
  secret: string = identitySecret,
): Promise<{ gateway: Gateway; url: string }> {
  const gateway = createGateway({
    mounts: [
      { contract: echoContract(), upstream },
      { contract: echoContract({ name: 'open', publicNames: ['auth'], caller: 'optional' }), upstream },
    ],
    projects,
    observe: ignoreObservations,
    identitySecret: secret,
    ready: () => Promise.resolve(),
    now,
  });
  closers.push(() => gateway.close());
  return { gateway, url: await gateway.listen({ host: '127.0.0.1', port: 0 }) };
}

const service = await serviceAt();
const { url } = await gatewayTo(service.url);
const user = hsToken('{"sub":"u1","role":"authenticated","big":12345678901234567890}');

test('a caller reaches a service in another process with all the gateway knows', async () => {
  const answer = await fetch(`${url}/p/shop/rest/v1/things/a?select=*&name=eq.%C3%9Cmit%20%26`, {
    headers: { authorization: `Bearer ${user}`, 'x-request-id': 'r-1', 'x-forwarded-for': '203.0.113.9' },
  });
  expect(answer.status).toBe(200);
  expect(await answer.json()).toMatchObject({
    url: '/rest/v1/things/a?select=*&name=eq.%C3%9Cmit%20%26',
    ref: 'shop',
    role: 'authenticated',
    via: 'token',
    claimsJson: '{"sub":"u1","role":"authenticated","big":12345678901234567890}',
    requestId: 'r-1',
    publicUrl: `${url}/p/shop`,
    clientAddress: '127.0.0.1',
  });
  expect(answer.headers.get('sb-request-id')).toBe('r-1');
  expect(answer.headers.get('access-control-allow-origin')).toBe('*');
});

test('the trace goes on through both', async () => {
  const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
  const answer = await fetch(`${url}/rest/v1/things/a`, { headers: { traceparent } });
  expect(await answer.json()).toMatchObject({ traceId: '4bf92f3577b34da6a3ce929d0e0e4736' });
});

test.each(['POST', 'PUT', 'PATCH', 'DELETE'])('%s brings its body', async (method) => {
  const options = { method, body: '{"a":[1,2]}', headers: { 'content-type': 'application/json' } };
  const answer = await fetch(`${url}/rest/v1/things/a`, options);
  expect(await answer.json()).toMatchObject({ method, body: { a: [1, 2] } });
});

test('HEAD and the root answer through the gateway', async () => {
  const head = await fetch(`${url}/rest/v1/things/a`, { method: 'HEAD' });
  expect(head.status).toBe(200);
  expect(await head.text()).toBe('');
  expect(await (await fetch(`${url}/rest/v1/`)).json()).toMatchObject({ root: true });
  expect((await fetch(`${url}/rest/v1/unknown`)).status).toBe(404);
});

test('a refused caller never reaches the other process', async () => {
  const answer = await fetch(`${url}/rest/v1/things/a`, { headers: { apikey: 'nope' } });
  expect(answer.status).toBe(401);
  expect(await answer.json()).toMatchObject({ echo: 'refused', reason: 'key-unknown' });
});

test('a service that asks for it learns of a refused caller', async () => {
  const open = await serviceAt({ name: 'open', publicNames: ['auth'], caller: 'optional' });
  const own = await gatewayTo(open.url);
  const answer = await fetch(`${own.url}/auth/v1/things/a`, { headers: { authorization: 'Bearer x.y' } });
  expect(await answer.json()).toMatchObject({
    role: 'anon',
    refusal: { reason: 'token-malformed', message: 'Expected 3 parts in JWT; got 2' },
  });
});

const identity: Identity = {
  ref: 'default',
  caller: { role: 'service_role', claims: {}, claimsJson: '{"role":"service_role"}', via: 'secret-key' },
  refusal: null,
  requestId: 'r',
  publicUrl: 'http://localhost',
  clientAddress: '127.0.0.1',
};
const signedFor = (name: string, secret = identitySecret): string =>
  signIdentity(identityKey(secret), name, identity, now());

test('a client cannot bring an identity of its own', async () => {
  const answer = await fetch(`${url}/rest/v1/things/a`, {
    headers: { [IDENTITY_HEADER]: signedFor('echo'), connection: IDENTITY_HEADER },
  });
  expect(await answer.json()).toMatchObject({ role: 'anon' });
});

test('the service shows nobody the identity it was given', async () => {
  const seen = await (await fetch(`${url}/rest/v1/things/a`)).json();
  expect(seen).not.toHaveProperty(`headers.${IDENTITY_HEADER}`);
});

const straight = async (header: string | undefined): Promise<number> => {
  const headers = header === undefined ? {} : { [IDENTITY_HEADER]: header };
  return (await fetch(`${service.url}/rest/v1/things/a`, { headers })).status;
};

test('past the gateway a service answers to nobody', async () => {
  expect(await straight(undefined)).toBe(401);
  expect((await fetch(`${service.url}/rest/v1/things/a`, { headers: { apikey: SECRET_KEY } })).status).toBe(401);
  expect((await fetch(`${service.url}/health`)).status).toBe(200);
});

test('an identity is good for its service, under its secret and unchanged only', async () => {
  const good = signedFor('echo');
  const [version, body = '', signature] = good.split('.');
  const raised = Buffer.from(Buffer.from(body, 'base64url').toString().replace('"default"', '"shop"')).toString(
    'base64url',
  );
  expect(await straight(good)).toBe(200);
  expect(await straight(signedFor('identity'))).toBe(401);
  expect(await straight(signedFor('echo', 'another identity secret of enough length'))).toBe(401);
  expect(await straight(`${version}.${raised}.${signature}`)).toBe(401);
  expect(await straight(`v2.${body}.${signature}`)).toBe(401);
  for (const junk of ['', '.', '..', 'v1..', good.slice(0, -1), `${good}A`, 'x'.repeat(20_000)]) {
    expect(await straight(junk)).toBe(401);
  }
});

test('a replayed identity dies within a minute', async () => {
  const header = signedFor('echo');
  expect(await straight(header)).toBe(200);
  clock += 59_000;
  expect(await straight(header)).toBe(200);
  clock += 1_000;
  expect(await straight(header)).toBe(401);
});

test('a gateway with another secret gets nowhere, and short secrets are refused', async () => {
  const other = await gatewayTo(service.url, 'a different secret that is long enough as well');
  expect((await fetch(`${other.url}/rest/v1/things/a`, { headers: { apikey: SECRET_KEY } })).status).toBe(401);
  expect(() => identityKey('short')).toThrow('5 bytes');
});

function sendChunked(bytes: number): Promise<Response> {
  return fetch(`${url}/rest/v1/things/a`, {
    method: 'POST',
    body: new Blob(['x'.repeat(bytes)]).stream(),
    headers: { 'content-type': 'text/plain' },
    duplex: 'half',
  });
}

test('a body of unknown length is counted on its way', async () => {
  expect((await sendChunked(900)).status).toBe(200);
  const refused = await sendChunked(5000);
  expect(refused.status).toBe(413);
  expect(await refused.json()).toMatchObject({ kind: 'too_large' });
});

test('a service that is away is unavailable, and left alone after a while', async () => {
  const away = await gatewayTo('http://127.0.0.1:1');
  const statuses: (readonly [number, string | null])[] = [];
  for (let times = 0; times < 6; times += 1) {
    const answer = await fetch(`${away.url}/rest/v1/things/a`);
    statuses.push([answer.status, answer.headers.get('retry-after')]);
    expect(await answer.json()).toMatchObject({ kind: 'unavailable' });
  }
  expect(statuses).toEqual(Array.from({ length: 6 }, () => [503, '1']));
});

test('a request is sent to a service once, whatever becomes of it', async () => {
  let requests = 0;
  const failing = createServer((_request, response) => {
    requests += 1;
    response.writeHead(503, { 'retry-after': '1', 'keep-alive': 'timeout=9' }).end('{"busy":true}');
  });
  await new Promise<void>((resolve) => {
    failing.listen(0, '127.0.0.1', resolve);
  });
  closers.push(
    () =>
      new Promise((resolve) => {
        failing.close(() => resolve());
      }),
  );
  // Safe: a listener on a host and port has an address of this kind.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  const { port } = failing.address() as AddressInfo;
  const own = await gatewayTo(`http://127.0.0.1:${port}`);
  const answer = await fetch(`${own.url}/rest/v1/things/a`);
  expect([answer.status, await answer.text(), requests]).toEqual([503, '{"busy":true}', 1]);
});

test('path tricks do not lead out of the service', async () => {
  const answer = await new Promise<string>((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname, () => {
      socket.write('GET /rest/v1/../../health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    });
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk.toString();
    });
    socket.on('close', () => resolve(text)).on('error', reject);
  });
  expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /);
});

test('a gateway to another process needs a secret', () => {
  const mounts = [{ contract: echoContract(), upstream: service.url }];
  expect(() => createGateway({ mounts, projects, observe: ignoreObservations })).toThrow('identitySecret');
});
