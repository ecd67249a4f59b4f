import { connect } from 'node:net';
import { createClient } from '@supabase/supabase-js';
import { startServer, type RunningServer } from '@ashlar/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';

let server: RunningServer;

beforeAll(async () => {
  server = await startServer();
});

afterAll(() => server?.stop());

/** All the server says to a request, until it ends the connection. */
function say(path: string, more: readonly string[] = []): Promise<string> {
  const { hostname, port } = new URL(server.url);
  const { promise, resolve } = Promise.withResolvers<string>();
  const socket = connect(Number(port), hostname);
  let heard = '';
  socket.setEncoding('utf8');
  socket.on('data', (part: string) => (heard += part));
  socket.on('close', () => resolve(heard));
  const handshake = ['Upgrade: websocket', 'Connection: Upgrade', 'Sec-WebSocket-Version: 13'];
  socket.write([`GET ${path} HTTP/1.1`, `Host: ${hostname}`, ...handshake, ...more, '', ''].join('\r\n'));
  return promise;
}

const KEY = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==';

test.each([
  ['/rest/v1/nothing_here', 404],
  ['/health', 200],
  ['/nowhere', 404],
  ['/p/nobody/realtime/v1/websocket', 404],
  ['/realtime/v1/elsewhere', 404],
  ['/realtime/v1/websocket', 401],
])('a wish for a websocket at %s is answered as HTTP, and the connection ends', async (path, status) => {
  const answer = await say(path, [KEY]);
  expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  expect(answer.toLowerCase()).toContain('connection: close');
});

test('a handshake without its key is refused, and one without a wish to upgrade told so', async () => {
  expect(await say(`/realtime/v1/websocket?apikey=${server.publishableKey}`)).toMatch(/^HTTP\/1.1 400 /);
  expect((await fetch(`${server.url}/realtime/v1/websocket?apikey=${server.anonKey}`)).status).toBe(426);
});

test('other protocols are not spoken: the request counts as if they had not been named', async () => {
  const { hostname, port } = new URL(server.url);
  const { promise, resolve } = Promise.withResolvers<string>();
  const socket = connect(Number(port), hostname);
  socket.once('data', (part) => resolve(String(part)));
  socket.write(`GET /health HTTP/1.1\r\nHost: ${hostname}\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n`);
  expect(await promise).toMatch(/^HTTP\/1.1 200 /);
  socket.destroy();
});

test('channels answer below the prefix of a project, and a stopping server says goodbye', async () => {
  const client = createClient(`${server.url}/p/default`, server.secretKey, { auth: { persistSession: false } });
  const channel = client.channel('room', { config: { broadcast: { ack: true } } });
  expect(await new Promise((resolve) => channel.subscribe(resolve))).toBe('SUBSCRIBED');
  expect(await channel.send({ type: 'broadcast', event: 'e', payload: {} })).toBe('ok');

  const address = `${server.url.replace('http', 'ws')}/realtime/v1/socket/websocket?apikey=${server.anonKey}`;
  const sockets = Array.from({ length: 20 }, () => new WebSocket(address));
  await Promise.all(sockets.map((socket) => new Promise((resolve) => socket.addEventListener('open', resolve))));
  const codes = sockets.map(
    (socket) => new Promise((resolve) => socket.addEventListener('close', ({ code }) => resolve(code))),
  );
  await client.removeAllChannels();
  await client.realtime.disconnect();
  const { code } = await server.end('SIGTERM');
  expect(code).toBe(0);
  expect(await Promise.all(codes)).toEqual(codes.map(() => 1001));
});
