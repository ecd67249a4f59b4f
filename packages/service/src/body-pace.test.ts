import { connect, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { ignoreObservations } from '@ashlar/telemetry';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { closeApp, createApp } from './create-app.ts';
import { DEFAULT_HTTP_LIMITS } from './http-limits.ts';

const limits = { ...DEFAULT_HTTP_LIMITS, requestTimeoutMs: 300, bodyBytesPerSecond: 500, bodyCheckMs: 100 };
const app = createApp({ limits, observe: ignoreObservations });
let received = 0;

beforeAll(async () => {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
  app.post('/count', async ({ body }) => {
    received = 0;
    for await (const chunk of body as AsyncIterable<Buffer>) received += chunk.length;
    return { received };
  });
  app.post('/late', async ({ body }) => {
    await delay(1_000);
    for await (const chunk of body as AsyncIterable<Buffer>) received += chunk.length;
    return 'read at last';
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
});

afterAll(() => closeApp(app, limits));

function begin(path: string, lengthBytes: number): { socket: Socket; answer: Promise<string> } {
  // Safe: a listener on a host and port has an address of this kind.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  const { port } = app.server.address() as AddressInfo;
  const socket = connect(port, '127.0.0.1');
  const chunks: Buffer[] = [];
  const { promise: answer, resolve } = Promise.withResolvers<string>();
  socket.on('error', () => undefined);
  socket.on('data', (chunk) => chunks.push(chunk));
  socket.on('close', () => resolve(Buffer.concat(chunks).toString()));
  socket.write(
    `POST ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: x/y\r\nContent-Length: ${lengthBytes}\r\n\r\n`,
  );
  return { socket, answer };
}

test('a body that keeps its pace may take longer than a request may', async () => {
  const started = performance.now();
  const { socket, answer } = begin('/count', 100 * 1_000);
  for (let sent = 0; sent < 100; sent += 1) {
    socket.write(Buffer.alloc(1_000));
    await delay(10);
  }
  expect(await answer).toContain('{"received":100000}');
  expect(performance.now() - started).toBeGreaterThan(limits.requestTimeoutMs * 2);
});

test('a body that trickles is ended with 408 after that time', async () => {
  const { socket, answer } = begin('/count', 100_000);
  const trickle = setInterval(() => socket.write('x'), 20);
  expect(await answer).toMatch(/^HTTP\/1\.1 408 /);
  clearInterval(trickle);
});

test('time in which nobody reads is not the client’s', async () => {
  const { socket, answer } = begin('/late', 4_000_000);
  socket.write(Buffer.alloc(4_000_000));
  expect(await answer).toContain('read at last');
});
