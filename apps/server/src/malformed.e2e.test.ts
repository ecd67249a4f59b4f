import { connect } from 'node:net';
import { startServer, type RunningServer } from '@ashlar/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';

let server: RunningServer;

beforeAll(async () => {
  server = await startServer({ environment: { ASHLAR_DEV: 'true' } });
  await server.sql(`
    create table things (id int primary key, name text, data jsonb, parent int references things);
    create function echo(value jsonb) returns jsonb language sql immutable as 'select value';
    insert into things values (1, 'one', '{"a":1}', null)`);
  await vi.waitFor(async () => expect((await ask('GET', '/rest/v1/things')).status).toBe(200), { timeout: 30_000 });
});
afterAll(async () => {
  await server?.stop();
});

interface Answer {
  readonly status: number;
  readonly text: string;
}

async function ask(
  method: string,
  path: string,
  body?: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await fetch(`${server.url}${path}`, {
    method,
    headers: {
      apikey: server.serviceRoleKey,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body }),
  });
  return { status: response.status, text: await response.text() };
}

/** Writes bytes no HTTP client would, and reads what comes back until the server closes or falls silent. */
function raw(bytes: string | Uint8Array): Promise<Answer> {
  const { hostname, port } = new URL(server.url);
  return new Promise((resolve) => {
    let text = '';
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    socket.setTimeout(1_500, () => socket.destroy());
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      if (text.includes('\r\n\r\n')) socket.setTimeout(100);
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve({ status: Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0), text }));
  });
}

/** A refusal the caller can read: a 4xx, one JSON object, nothing of our insides. */
function expectRefusal({ status, text }: Answer, members: readonly string[]): void {
  expect(status, text).toBeGreaterThanOrEqual(400);
  expect(status, text).toBeLessThan(500);
  expect(text).not.toMatch(/\n\s+at |node:|\.ts:\d/);
  expect(Object.keys(JSON.parse(text)).toSorted()).toEqual(expect.arrayContaining([...members]));
}
const REST = ['code', 'details', 'hint', 'message'];
const deep = (open: string, close: string, levels: number, core: string): string =>
  open.repeat(levels) + core + close.repeat(levels);

describe('REST refuses in its own words', () => {
  test.each([
    ['broken JSON', 'POST', '/rest/v1/things', '{"id": 2,'],
    ['JSON of the wrong shape', 'POST', '/rest/v1/things', '"text"'],
    ['an array of scalars', 'POST', '/rest/v1/things', '[1,2]'],
    ['nesting without end', 'POST', '/rest/v1/things', deep('[', ']', 100_000, '')],
    ['a NUL in a value', 'POST', '/rest/v1/things', '{"id":2,"name":"a\\u0000b"}'],
    ['a lone surrogate', 'POST', '/rest/v1/things', '{"id":2,"data":{"x":"\\ud800"}}'],
    ['a number beyond its type', 'POST', '/rest/v1/things', '{"id":99999999999999999999}'],
    ['a wrong type', 'POST', '/rest/v1/things', '{"id":"two"}'],
    ['keys that differ between rows', 'POST', '/rest/v1/things', '[{"id":2},{"name":"x"}]'],
    ['an update without a filter', 'PATCH', '/rest/v1/things', '{"name":"all"}'],
    ['a function that is not there', 'POST', '/rest/v1/rpc/none', '{}'],
    ['an unknown method on a function', 'DELETE', '/rest/v1/rpc/echo', '{}'],
    ['an argument with a NUL', 'POST', '/rest/v1/rpc/echo', '{"value":"\\u0000"}'],
  ])('%s', async (_name, method, path, body) => {
    expectRefusal(await ask(method, path, body), REST);
  });

  test.each([
    ['an unknown operator', '/rest/v1/things?id=zz.1'],
    ['a NUL in a filter', '/rest/v1/things?name=eq.%00'],
    ['broken percent encoding', '/rest/v1/things?name=eq.%zz%'],
    ['bytes that are not UTF-8', '/rest/v1/things?name=eq.%ff%fe'],
    ['an unbalanced tree', '/rest/v1/things?or=(id.eq.1,(name.eq.2'],
    ['a tree without end', `/rest/v1/things?or=${deep('(and', ')', 2_000, '(id.eq.1)')}`],
    ['embeds without end', `/rest/v1/things?select=${deep('things(', ')', 200, 'id')}`],
    ['a column that is not there', '/rest/v1/things?nope=eq.1'],
    ['an unbalanced select', '/rest/v1/things?select=id,things(id'],
    ['a negative limit', '/rest/v1/things?limit=-1'],
    ['an array that is none', '/rest/v1/things?id=in.(1,2'],
    ['a path too deep', '/rest/v1/things/1/2/3'],
    ['a regular expression that is none', '/rest/v1/things?name=match.%5B'],
    ['an address of a megabyte', `/rest/v1/things?name=eq.${'a'.repeat(1_000_000)}`],
  ])('%s', async (_name, path) => {
    const answer = await ask('GET', path);
    // Node itself ends a connection whose address is larger than all headers may be; the rest is ours to say.
    if (answer.status !== 431) expectRefusal(answer, REST);
  });

  test.each([
    ['a token of a megabyte', { authorization: `Bearer ${'e'.repeat(20_000)}` }],
    ['a token of nonsense', { authorization: 'Bearer not.a.token' }],
    ['an empty token', { authorization: 'Bearer ' }],
    ['a profile that is not exposed', { 'accept-profile': 'auth' }],
    ['a media type nobody makes', { accept: 'image/png' }],
    ['preferences taken strictly', { prefer: 'handling=strict, nonsense=1' }],
  ])('%s', async (_name, headers) => {
    expectRefusal(await ask('GET', '/rest/v1/things', undefined, headers), REST);
  });
});

describe('identity refuses in its own words', () => {
  const AUTH = ['code', 'message'];
  test.each([
    ['broken JSON', '/auth/v1/signup', '{"email"'],
    ['a body that is no object', '/auth/v1/signup', '[]'],
    ['an address that is a number', '/auth/v1/signup', '{"email":1,"password":"secret1"}'],
    ['a NUL in the address', '/auth/v1/signup', '{"email":"a\\u0000@b.co","password":"secret1"}'],
    ['a NUL in the metadata', '/auth/v1/signup', '{"email":"nul@b.co","password":"secret1","data":{"a":"\\u0000"}}'],
    ['a lone surrogate', '/auth/v1/signup', '{"email":"sur@b.co","password":"secret1","data":{"a":"\\udfff"}}'],
    ['a password of a megabyte', '/auth/v1/signup', `{"email":"x@b.co","password":"${'p'.repeat(900_000)}"}`],
    ['a body of two megabytes', '/auth/v1/signup', `{"email":"x@b.co","password":"${'p'.repeat(2_000_000)}"}`],
    [
      'nesting without end',
      '/auth/v1/signup',
      `{"email":"x@b.co","password":"secret1","data":${deep('{"a":', '}', 50_000, '1')}}`,
    ],
    ['an unknown grant', '/auth/v1/token?grant_type=magic', '{}'],
    ['no grant', '/auth/v1/token', '{}'],
    ['a refresh token that is none', '/auth/v1/token?grant_type=refresh_token', '{"refresh_token":"x"}'],
  ])('%s', async (_name, path, body) => {
    expectRefusal(await ask('POST', path, body, { 'x-supabase-api-version': '2024-01-01' }), AUTH);
  });
});

describe('the door refuses what is no request', () => {
  test.each([
    ['an unknown method', 'FROB /rest/v1/things HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'],
    ['no HTTP at all', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n'],
    ['a header without a name', 'GET /rest/v1/things HTTP/1.1\r\nHost: x\r\n: y\r\n\r\n'],
    ['headers of a megabyte', `GET /rest/v1/things HTTP/1.1\r\nHost: x\r\nX-Big: ${'b'.repeat(1_000_000)}\r\n\r\n`],
    ['two lengths', 'POST /rest/v1/things HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}'],
    [
      'a length and chunks',
      'POST /rest/v1/things HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}',
    ],
    ['no host', 'GET /rest/v1/things HTTP/1.1\r\nConnection: close\r\n\r\n'],
  ])('%s', async (_name, bytes) => {
    const { status, text } = await raw(bytes);
    expect(status, text).toBeGreaterThanOrEqual(400);
    expect(status, text).toBeLessThan(500);
    expect(text).not.toMatch(/\n\s+at |node:/);
  });

  test('random bytes never end the server', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 200 }), async (bytes) => {
        const { status } = await raw(Buffer.concat([bytes, Buffer.from('\r\n\r\n')]));
        expect(status).toBeLessThan(500);
      }),
      { numRuns: 40, seed: 7 },
    );
  }, 120_000);

  test('random paths and queries answer without a fault of ours', async () => {
    const piece = fc.stringMatching(/^[a-z0-9%.()*,:"!>'\\{}_-]{0,30}$/);
    await fc.assert(
      fc.asyncProperty(piece, piece, piece, async (key, value, select) => {
        const query = [key, value, select].map((part) => part.replaceAll(/%(?![0-9a-f]{2})/g, '%25'));
        const { status, text } = await ask('GET', `/rest/v1/things?${query[0]}=${query[1]}&select=${query[2]}`);
        expect(status, text).toBeLessThan(500);
        expect(text).not.toMatch(/\n\s+at /);
      }),
      { numRuns: 300, seed: 11 },
    );
  }, 120_000);

  test('after all of that it answers as before', async () => {
    expect(await ask('GET', '/rest/v1/things?select=id')).toEqual({ status: 200, text: '[{"id":1}]' });
  });
});
