import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDataApp, type DataApp } from './data-app.fixture.ts';
import { LIBRARY } from './library.fixture.ts';

let app: DataApp;

beforeAll(async () => {
  app = await createDataApp(LIBRARY);
});

afterAll(() => app[Symbol.asyncDispose]());

const repeat = (text: string, times: number): string => text.repeat(times);
const encoded = (text: string): string => encodeURIComponent(text);

/** A refusal in the wire's own form, and nothing of the inside. */
function expectRefusal(reply: { readonly status: number; readonly json: unknown }): void {
  expect(reply.status).toBeGreaterThanOrEqual(400);
  expect(reply.status).toBeLessThan(500);
  expect(Object.keys(reply.json as object).toSorted()).toEqual(['code', 'details', 'hint', 'message']);
  expect(JSON.stringify(reply.json)).not.toContain('node_modules');
}

describe('a malformed query is refused', () => {
  test.each([
    ['unknown operator', '/authors?id=foo.1', 'PGRST100'],
    ['no operator', '/authors?id=1', 'PGRST100'],
    ['bad is', '/authors?id=is.5', 'PGRST100'],
    ['open list', '/authors?id=in.(1,2', 'PGRST100'],
    ['bad select', '/authors?select=id,,name', 'PGRST100'],
    ['open embed', '/authors?select=books(id', 'PGRST100'],
    ['bad order', '/authors?order=id.sideways', 'PGRST100'],
    ['open tree', '/authors?or=(id.eq.1', 'PGRST100'],
    ['empty tree', '/authors?or=()', 'PGRST100'],
    ['negative limit', '/authors?limit=-1', 'PGRST103'],
    ['negative offset', '/authors?offset=-1', 'PGRST103'],
    ['bad percent', '/authors?id=eq.%zz', 'PGRST100'],
    ['bad UTF-8', '/authors?name=eq.%ff%fe', 'PGRST100'],
    ['lone surrogate', '/authors?name=eq.%ed%a0%80', 'PGRST100'],
    ['NUL in a value', '/authors?name=eq.a%00b', 'PGRST100'],
    ['NUL in a name', '/authors?select=%22a%00%22', 'PGRST100'],
    ['NUL in a path', '/a%00b', 'PGRST125'],
    ['deep embeds', `/staff?select=${repeat('staff(', 30)}id${repeat(')', 30)}`, 'PGRST100'],
    ['many embeds', `/staff?select=${Array.from({ length: 100 }, (_, i) => `a${i}:staff(id)`).join()}`, 'PGRST100'],
    ['deep tree', `/authors?or=${repeat('(and', 30)}(id.eq.1)${repeat(')', 30)}`, 'PGRST100'],
    ['deep json path', `/authors?select=meta${repeat('->a', 100)}`, 'PGRST100'],
    ['many parameters', `/authors?${repeat('id=gt.0&', 1500)}`, 'PGRST100'],
    ['huge list', `/authors?id=in.(${repeat('1,', 25_000)}1)`, 'PGRST100'],
    ['a list of 100,000', `/authors?id=in.(${repeat('1,', 100_000)}1)`, 'PGRST100'],
    ['a huge list inside a tree', `/authors?or=(id.in.(${repeat('1,', 25_000)}1))`, 'PGRST100'],
    ['a quantified list of 100,000', `/authors?id=eq(any).{${repeat('1,', 100_000)}1}`, 'PGRST100'],
    ['deep embeds of a write', `/staff?select=${repeat('boss_id(', 30)}id${repeat(')', 30)}`, 'PGRST100'],
    [
      '30 levels inside an embed',
      `/staff?select=id,staff(id)&staff.or=${repeat('(and', 30)}(id.eq.1)${repeat(')', 30)}`,
      'PGRST100',
    ],
    ['a huge number in a tree', `/authors?or=(id.eq.${repeat('9', 400)})`, '22003'],
    ['huge URL', `/authors?name=eq.${repeat('x', 70_000)}`, 'PGRST100'],
    ['huge number', `/authors?id=eq.${repeat('9', 400)}`, '22003'],
    ['SQL in a name', `/authors?select=${encoded('id"; drop table authors; --')}`, 'PGRST100'],
    ['SQL in a quoted name', `/authors?select=${encoded('"id\\"; drop table authors; --"')}`, '42703'],
    ['SQL in a cast', `/authors?select=${encoded('id::int); drop table authors; --')}`, 'PGRST100'],
    ['SQL in a text search configuration', `/authors?doc=${encoded("fts(x');--).a")}`, 'PGRST100'],
    ['unknown schema', '/authors', 'PGRST106', { 'accept-profile': 'auth' }],
    ['deep path', '/authors/1/books', 'PGRST125'],
  ])('%s', async (_name, url, code, headers: Readonly<Record<string, string>> = {}) => {
    const reply = await app.ask({ url, headers });
    expectRefusal(reply);
    expect(reply.json).toMatchObject({ code });
  });
});

describe('a malformed body is refused', () => {
  test.each<[string, string | Buffer, string]>([
    ['broken', '{"id":1', 'PGRST102'],
    ['trailing text', '{"id":1} x', 'PGRST102'],
    ['a scalar', '5', 'PGRST102'],
    ['scalars in a list', '[1,2]', 'PGRST102'],
    ['too deep', `{"meta":${repeat('[', 5000)}${repeat(']', 5000)}}`, 'PGRST102'],
    ['bad UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), 'PGRST102'],
    ['a raw NUL', '{"name":"a\0b"}', 'PGRST102'],
    ['an escaped NUL', '{"id":5,"name":"a\\u0000b"}', '22P05'],
    ['a lone surrogate', '{"id":5,"name":"\\ud800"}', '22P02'],
    ['a lone surrogate for a name', '{"id":5,"\\udc00":"x"}', 'PGRST204'],
    ['a number no column holds', '{"id":99999999999999999999,"name":"x"}', '22003'],
    ['a number beyond every type', '{"id":5,"name":"x","age":1e400}', '22P02'],
    ['a number of many digits', `{"id":${repeat('9', 100_000)},"name":"x"}`, '22003'],
    ['an object for a number', '{"id":{"a":1},"name":"x"}', '22P02'],
    ['a prototype', '{"__proto__":1}', 'PGRST204'],
  ])('%s', async (_name, body, code) => {
    const reply = await app.ask({
      method: 'POST',
      url: '/authors',
      body,
      headers: { 'content-type': 'application/json' },
    });
    expectRefusal(reply);
    expect(reply.json).toMatchObject({ code });
  });
});

test.each(['PROPFIND', 'TRACE', 'SEARCH'])('%s is no method of a table', async (method) => {
  const reply = await app.ask({ method, url: '/authors' });
  expect(reply).toMatchObject({
    status: 405,
    json: { code: 'PGRST117', message: `Unsupported HTTP method: ${method}` },
  });
});

test.each(['TRACE', 'POST', 'DELETE'])('%s of the root is no method of it', async (method) => {
  const reply = await app.ask({ method, url: '/' });
  expect(reply).toMatchObject({
    status: 405,
    json: { code: 'PGRST117', message: `Unsupported HTTP method: ${method}` },
  });
});

test('no query at all breaks the service', { timeout: 60_000 }, async () => {
  const piece = fc.constantFrom(
    'id',
    'name',
    'eq',
    'not',
    'in',
    'is',
    'and',
    'or',
    'like(any)',
    'books',
    'select',
    'order',
    'limit',
    'columns',
    '.',
    ',',
    '(',
    ')',
    '{',
    '}',
    '"',
    '\\',
    '->',
    '->>',
    '::',
    ':',
    '!',
    '*',
    '...',
    '=',
    '&',
    '%',
    '+',
    ' ',
    '\0',
    'é',
    '1',
    '-1',
    "'",
    ';',
    '$1',
    '--',
  );
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 14 }), fc.boolean(), async (pieces, encode) => {
      const query = pieces.map((text) => (encode && text !== '=' && text !== '&' ? encoded(text) : text)).join('');
      const reply = await app.ask({ url: `/authors?${encode ? query : query.replaceAll(/[^\x21-\x7e]/g, '')}` });
      expect(reply.status).toBeLessThan(500);
      if (reply.status >= 400) expectRefusal(reply);
    }),
    { numRuns: 600, seed: 7 },
  );
});
