import { type IncomingMessage, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import { performance } from 'node:perf_hooks';
import { ignoreObservations, type Observation } from '@ashlar/telemetry';
import { testCertificate } from '@ashlar/testing';
import { afterAll, expect, test } from 'vitest';
import { type Gateway, type GatewayOptions, createGateway } from './gateway.ts';
import { DEFAULT_GATEWAY_LIMITS } from './gateway-limits.ts';
import { testProject, testProjects } from './project.fixture.ts';
import { echoService } from './echo-service.fixture.ts';

const gateways: Gateway[] = [];
afterAll(() => Promise.all(gateways.map((gateway) => gateway.close())));

async function listening(
  options: Partial<GatewayOptions> = {},
): Promise<{ gateway: Gateway; port: number; url: string }> {
  const service = echoService();
  const gateway = createGateway({
    mounts: [{ contract: service.contract, service }],
    projects: testProjects([testProject()]),
    observe: ignoreObservations,
    ready: () => Promise.resolve(),
    ...options,
  });
  gateways.push(gateway);
  const url = await gateway.listen({ host: '127.0.0.1', port: 0 });
  return { gateway, url, port: portOf(gateway) };
}

function portOf({ app }: Gateway): number {
  // Safe: a listener on a host and port has an address of this kind.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return (app.server.address() as AddressInfo).port;
}

const shared = await listening();

/** Sends bytes as they are and returns all that comes back until the socket ends. */
function exchange(port: number, bytes: string | Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    const chunks: Buffer[] = [];
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('error', reject);
    socket.on('close', () => resolve(Buffer.concat(chunks).toString()));
    socket.write(bytes);
  });
}

test.each([
  ['no HTTP at all', 'hello\r\n\r\n', 400],
  ['binary noise', Buffer.from([0, 1, 2, 0xff, 0xfe, 13, 10, 13, 10]), 400],
  ['an unknown method', 'FROB /rest/v1/things/a HTTP/1.1\r\nHost: x\r\n\r\n', 400],
  [
    'two lengths',
    'POST /rest/v1/things/a HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab',
    400,
  ],
  [
    'a length and chunks',
    'POST /rest/v1/things/a HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    400,
  ],
  ['a negative length', 'POST /rest/v1/things/a HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n', 400],
  ['a broken header', 'GET /rest/v1/things/a HTTP/1.1\r\nHost: x\r\nbad header: 1\r\n\r\n', 400],
  ['a NUL in a header', 'GET /rest/v1/things/a HTTP/1.1\r\nHost: x\r\nx-a: a\0b\r\n\r\n', 400],
  ['a version to come', 'GET / HTTP/9.9\r\nHost: x\r\n\r\n', 400],
  ['a tunnel', 'CONNECT example.org:443 HTTP/1.1\r\nHost: example.org:443\r\n\r\n', 405],
  [
    'an expectation',
    'POST /rest/v1/things/a HTTP/1.1\r\nHost: x\r\nExpect: miracles\r\nContent-Length: 0\r\n\r\n',
    417,
  ],
  ['a megabyte of token', `GET / HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${'x'.repeat(1 << 20)}\r\n\r\n`, 431],
  ['a megabyte of URL', `GET /rest/v1/${'x'.repeat(1 << 20)} HTTP/1.1\r\nHost: x\r\n\r\n`, 431],
])('%s is answered in JSON', async (_what, bytes, status) => {
  const answer = await exchange(shared.port, bytes);
  const [head = '', body = ''] = answer.split('\r\n\r\n');
  expect(head).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  expect(JSON.parse(body)).toMatchObject({ message: expect.any(String), details: null, hint: null });
  expect(body).not.toMatch(/\bat .*:\d+|HPE_|node:/);
});

test('beyond its bound the listener answers without making a request of it', async () => {
  const seen: Observation[] = [];
  const { url } = await listening({
    limits: { ...DEFAULT_GATEWAY_LIMITS, requests: 1 },
    observe: (observation) => seen.push(observation),
  });
  const slow = fetch(`${url}/rest/v1/slow/800`);
  await new Promise((resolve) => {
    setTimeout(resolve, 50);
  });
  const refused = await fetch(`${url}/rest/v1/things/a`, { method: 'POST', body: 'x'.repeat(100_000) });
  expect(refused.status).toBe(503);
  expect(await refused.json()).toMatchObject({ kind: 'unavailable', message: 'Too many requests are under way' });
  expect(Object.fromEntries(refused.headers)).toMatchObject({
    'retry-after': '1',
    'access-control-allow-origin': '*',
    'sb-request-id': expect.any(String),
  });
  expect((await fetch(`${url}/health`)).status).toBe(200);
  expect((await fetch(`${url}/rest/v1/things/a`, { method: 'OPTIONS' })).status).toBe(503);
  expect((await slow).status).toBe(200);
  await expect.poll(() => fetch(`${url}/rest/v1/things/a`).then(({ status }) => status)).toBe(200);
  expect(seen.filter(({ kind }) => kind === 'request.shed')).toEqual([{ kind: 'request.shed', service: 'echo' }]);
});

test('a listener that met all this still serves', async () => {
  expect((await fetch(`${shared.url}/health`)).status).toBe(200);
});

test('bytes that are no request are told of, once each', async () => {
  const seen: Observation[] = [];
  const { port } = await listening({ observe: (observation) => seen.push(observation) });
  await exchange(port, 'hello\r\n\r\n');
  await exchange(port, 'CONNECT example.org:443 HTTP/1.1\r\nHost: example.org:443\r\n\r\n');
  await exchange(port, 'GET / HTTP/1.1\r\nHost: x\r\nExpect: miracles\r\nConnection: close\r\n\r\n');
  const unreadable = { kind: 'request.unreadable', reason: expect.any(String), address: '127.0.0.1' };
  expect(seen).toEqual([400, 405, 417].map((status) => ({ ...unreadable, status })));
});

test('a request without a Host is refused in the words of the service', async () => {
  const answer = await exchange(shared.port, 'GET /rest/v1/things/a HTTP/1.1\r\nConnection: close\r\n\r\n');
  expect(answer).toMatch(/^HTTP\/1\.1 400 [\s\S]*"The Host header is missing"/);
});

test('broken chunks of a body are refused, and no answer is written into another', async () => {
  const broken = 'POST /rest/v1/things/a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n';
  const answer = await exchange(shared.port, broken);
  expect(answer).toMatch(/^HTTP\/1\.1 400 /);
  expect(answer.match(/HTTP\/1\.1/g)).toHaveLength(1);
});

test('a body of unknown length is cut off at the limit', async () => {
  const chunk = `3e8\r\n${'x'.repeat(1000)}\r\n`;
  const head =
    'POST /rest/v1/things/a HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n';
  const answer = await exchange(shared.port, head + chunk + chunk);
  expect(answer).toMatch(/^HTTP\/1\.1 413 /);
  expect(answer).toContain('"too_large"');
});

test('a declared body beyond the limit is refused before it is read', async () => {
  const head =
    'POST /rest/v1/things/a HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: 5000000\r\n\r\n';
  expect(await exchange(shared.port, head)).toMatch(/^HTTP\/1\.1 413 [\s\S]*connection: close/i);
});

test('with a certificate the door speaks HTTPS', async () => {
  const { port, url } = await listening({ tls: testCertificate });
  expect(url).toBe(`https://127.0.0.1:${port}`);
  const body = await new Promise<string>((resolve, reject) => {
    const request = httpsRequest(`${url}/rest/v1/things/a`, { ca: testCertificate.cert }, (response) => {
      collect(response).then(resolve, reject);
    });
    request.on('error', reject).end();
  });
  expect(JSON.parse(body)).toMatchObject({ publicUrl: `https://127.0.0.1:${port}` });
});

async function collect(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = await response.toArray();
  return Buffer.concat(chunks).toString();
}

test('closing lets an answer under way arrive and ends idle connections at once', async () => {
  const { gateway, url } = await listening();
  await (await fetch(`${url}/health`)).text();
  const underWay = fetch(`${url}/rest/v1/slow/200`);
  await new Promise((resolve) => {
    setTimeout(resolve, 50);
  });
  const startedAt = performance.now();
  await gateway.close();
  expect((await underWay).status).toBe(200);
  expect(performance.now() - startedAt).toBeLessThan(2000);
});

test('an answer that never comes does not keep the door open', async () => {
  const { gateway, url } = await listening({ limits: { ...DEFAULT_GATEWAY_LIMITS, drainTimeoutMs: 300 } });
  const never = fetch(`${url}/rest/v1/slow/60000`).then(
    () => 'answered',
    () => 'cut off',
  );
  await new Promise((resolve) => {
    setTimeout(resolve, 50);
  });
  const startedAt = performance.now();
  await gateway.close();
  expect(performance.now() - startedAt).toBeLessThan(1500);
  expect(await never).toBe('cut off');
});

test('a client that leaves before its answer is counted out', async () => {
  const seen: number[] = [];
  const { port } = await listening({
    observe: (observation) => {
      if (observation.kind === 'request.answered') seen.push(observation.status);
    },
  });
  const request = httpRequest({ port, path: '/rest/v1/slow/300', headers: { expect: '100-continue' } });
  // The interim answer says that the request has arrived, however slow this machine is.
  request.on('continue', () => request.destroy());
  request.on('error', () => undefined).end();
  await expect.poll(() => seen).toEqual([499]);
});
