import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Observation } from '@ashlar/telemetry';
import { ignoreObservations } from '@ashlar/telemetry';
import { testCertificate } from '@ashlar/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { outboundFetch } from './outbound-fetch.ts';
import { createOutbound, type Outbound, type OutboundOptions } from './outbound.ts';

let server: Server;
let tls: Server;
const seen: { readonly method: string; readonly url: string; readonly headers: Record<string, unknown> }[] = [];

const answer: RequestListener = (request, response) => {
  seen.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers });
  if (request.url === '/redirect') response.writeHead(302, { location: '/elsewhere' }).end();
  else if (request.url === '/huge') response.end('x'.repeat(100_000));
  else if (request.url === '/endless') {
    response.writeHead(200);
    const timer = setInterval(() => response.write('x'), 5);
    response.on('close', () => clearInterval(timer));
  } else if (request.url === '/headers') response.writeHead(200, { 'x-long': 'x'.repeat(20_000) }).end();
  else if (request.url === '/broken') response.socket?.end('HTTP/1.1 nonsense\r\n\r\n');
  else if (request.url === '/echo') request.pipe(response.writeHead(201, { 'x-a': ['1', '2'] }));
  else if (request.url !== '/never') response.end('fine');
};

beforeAll(async () => {
  server = createServer(answer).listen(0, '127.0.0.1');
  tls = createTlsServer(testCertificate, answer).listen(0, '127.0.0.1');
  await Promise.all([server, tls].map((one) => new Promise((resolve) => one.once('listening', resolve))));
});
afterAll(() => {
  for (const one of [server, tls]) {
    one.closeAllConnections();
    one.close();
  }
});

function at(one: Server, path: string, host = '127.0.0.1'): string {
  const scheme = one === tls ? 'https' : 'http';
  return `${scheme}://${host}:${(one.address() as AddressInfo).port}${path}`;
}

async function using<Result>(
  options: Partial<OutboundOptions>,
  use: (outbound: Outbound) => Promise<Result>,
): Promise<Result> {
  const outbound = createOutbound({ observe: ignoreObservations, ...options });
  try {
    return await use(outbound);
  } finally {
    await outbound.close();
  }
}

const allow = ['127.0.0.1'];
const toLoopback = async (): Promise<readonly string[]> => ['127.0.0.1'];

test('an allowed address is asked as told, and answers with status, headers and bytes', async () => {
  const body = await using({ allow }, (outbound) =>
    outbound.request({
      url: at(server, '/echo'),
      method: 'POST',
      headers: { 'x-own': 'yes', Host: 'forged', 'Content-Length': '1', 'Transfer-Encoding': 'chunked' },
      body: 'hello',
    }),
  );
  expect(body).toMatchObject({ status: 201, headers: { 'x-a': '1, 2' }, body: Buffer.from('hello') });
  expect(seen.at(-1)?.headers).toMatchObject({ 'x-own': 'yes', 'content-length': '5', 'accept-encoding': 'identity' });
  expect(seen.at(-1)?.headers['host']).not.toBe('forged');
});

test('nothing private is asked, and the refusal is reported without the path', async () => {
  const observed: Observation[] = [];
  const before = seen.length;
  const asked = using({ observe: (fact) => observed.push(fact) }, (outbound) =>
    outbound.request({ url: at(server, '/secret'), plainHttp: true }),
  );
  await expect(asked).rejects.toMatchObject({ code: 'outbound.address_refused' });
  expect(observed).toEqual([expect.objectContaining({ kind: 'outbound.failed', host: '127.0.0.1' })]);
  expect(JSON.stringify(observed)).not.toContain('secret');
  expect(seen.length).toBe(before);
});

test.each([
  [['127.0.0.1']],
  [['93.184.215.14', '10.0.0.1']],
  [['10.0.0.1', '93.184.215.14']],
  [['::1']],
  [['::ffff:127.0.0.1']],
  [['fd00:ec2::254']],
  [['169.254.169.254']],
])('a public name that resolves to %j is refused', async (addresses) => {
  const before = seen.length;
  const asked = using({ resolve: async () => addresses }, (outbound) =>
    outbound.request({ url: at(server, '/', 'rebinding.example'), plainHttp: true }),
  );
  await expect(asked).rejects.toMatchObject({ code: 'outbound.address_refused' });
  expect(seen.length).toBe(before);
});

test('a name is looked up once per connection, so a second answer of its server changes nothing', async () => {
  let lookups = 0;
  const resolve = async (): Promise<readonly string[]> => {
    lookups += 1;
    return lookups === 1 ? ['127.0.0.1'] : ['10.0.0.1'];
  };
  // Loopback stands for the public address of the first answer.
  const answered = await using({ allow, resolve }, (outbound) =>
    outbound.request({ url: at(server, '/', 'rebinding.example'), plainHttp: true }),
  );
  expect(Buffer.from(answered.body).toString()).toBe('fine');
  expect(lookups).toBe(1);
  expect(seen.at(-1)?.headers['host']).toMatch(/^rebinding\.example:/);
});

test('a name without an address is told', async () => {
  const asked = using({ resolve: async () => [] }, (outbound) => outbound.request({ url: 'https://nowhere.example/' }));
  await expect(asked).rejects.toMatchObject({ code: 'outbound.name_unknown', retryable: true });
});

test('an allowed name is resolved as the system does and may be private', async () => {
  const answered = await using({ allow: ['localhost'] }, (outbound) =>
    outbound.request({ url: at(server, '/', 'localhost') }),
  );
  expect(answered.status).toBe(200);
});

test('a redirect is an answer, not an instruction', async () => {
  const before = seen.length;
  const answered = await using({ allow }, (outbound) => outbound.request({ url: at(server, '/redirect') }));
  expect(answered).toMatchObject({ status: 302, headers: { location: '/elsewhere' } });
  expect(seen.length).toBe(before + 1);
});

test.each([
  ['/huge', { maxBytes: 1000 }, 'outbound.too_large'],
  ['/endless', { maxBytes: 20 }, 'outbound.too_large'],
  ['/endless', { timeoutMs: 100 }, 'outbound.timeout'],
  ['/never', { timeoutMs: 100 }, 'outbound.timeout'],
  ['/headers', {}, 'outbound.unreachable'],
  ['/broken', {}, 'outbound.unreachable'],
])('%s within %j ends in %s', async (path, bounds, code) => {
  const asked = using({ allow }, (outbound) => outbound.request({ url: at(server, path), ...bounds }));
  await expect(asked).rejects.toMatchObject({ code });
});

test('a slow name server counts against the time too', async () => {
  const asked = using({ resolve: () => new Promise(() => undefined) }, (outbound) =>
    outbound.request({ url: 'https://slow.example/', timeoutMs: 50 }),
  );
  await expect(asked).rejects.toMatchObject({ code: 'outbound.timeout' });
});

test('whoever asks can give up', async () => {
  const reason = new Error('the caller left');
  const asked = using({ allow }, (outbound) =>
    outbound.request({ url: at(server, '/never'), signal: AbortSignal.abort(reason) }),
  );
  await expect(asked).rejects.toBe(reason);
});

test('a certificate nobody vouches for is refused, one of a given authority accepted for its own name only', async () => {
  const strange = using({ allow }, (outbound) => outbound.request({ url: at(tls, '/') }));
  await expect(strange).rejects.toMatchObject({ code: 'outbound.unreachable' });
  const ca = [testCertificate.cert];
  const trusted = await using({ allow, ca }, (outbound) => outbound.request({ url: at(tls, '/') }));
  expect(trusted.status).toBe(200);
  const wrongName = using({ allow, ca, resolve: toLoopback }, (outbound) =>
    outbound.request({ url: at(tls, '/', 'other.example') }),
  );
  await expect(wrongName).rejects.toMatchObject({ code: 'outbound.unreachable' });
});

test('as a fetch it keeps the same rules', async () => {
  await using({ allow }, async (outbound) => {
    const get = outboundFetch(outbound, { maxBytes: 1000 });
    const form = {
      method: 'POST',
      body: new URLSearchParams({ a: 'b' }),
      headers: new Headers({ accept: 'text/plain' }),
    };
    const echoed = await get(at(server, '/echo'), form);
    expect([echoed.status, await echoed.text()]).toEqual([201, 'a=b']);
    expect((await get(at(server, '/redirect'))).status).toBe(302);
    await expect(get(at(server, '/huge'))).rejects.toMatchObject({ code: 'outbound.too_large' });
    await expect(get('http://10.0.0.1/')).rejects.toMatchObject({ code: 'outbound.address_refused' });
    await expect(get(at(server, '/'), { method: 'CONNECT' })).rejects.toMatchObject({ code: 'outbound.url_invalid' });
  });
});

const NAMES: Readonly<Record<string, readonly string[]>> = {
  'mail.example': ['192.0.32.8'],
  'mixed.example': ['192.0.32.8', '10.0.0.1'],
};
const resolve = async (host: string): Promise<readonly string[]> => NAMES[host] ?? [];

test('clients of other protocols get addresses that were judged, or none', async () => {
  await using({ resolve, allow: ['10.0.0.7:2525'] }, async (outbound) => {
    expect(await outbound.addresses('Mail.Example.', 587)).toEqual(['192.0.32.8']);
    expect(await outbound.addresses('10.0.0.7', 2525)).toEqual(['10.0.0.7']);
    for (const host of ['mixed.example', '10.0.0.7', '::ffff:127.0.0.1', '169.254.169.254']) {
      await expect(outbound.addresses(host, 25)).rejects.toMatchObject({ code: 'outbound.address_refused' });
    }
    await expect(outbound.addresses('0x7f.1', 25)).rejects.toMatchObject({ code: 'outbound.name_unknown' });
  });
});
