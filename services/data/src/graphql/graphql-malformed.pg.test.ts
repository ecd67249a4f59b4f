import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDataApp, type DataApp } from '../data-app.fixture.ts';
import { SHOP } from './shop.fixture.ts';

let app: DataApp;

beforeAll(async () => {
  app = await createDataApp(SHOP);
});

afterAll(() => app[Symbol.asyncDispose]());

async function send(payload: string | Buffer, type = 'application/json') {
  return app.app.inject({
    method: 'POST',
    url: '/graphql/v1',
    headers: { 'x-role': 'anon', 'content-type': type },
    payload,
  });
}

function expectErrors(text: string): void {
  const { errors } = JSON.parse(text) as { readonly errors: readonly { readonly message: string }[] };
  expect(errors.length).toBeGreaterThan(0);
  for (const { message } of errors) expect(message).not.toContain('node_modules');
}

const nested = (depth: number): string =>
  '{ blogCollection { edges { node { '.repeat(depth) + 'id' + ' } } } }'.repeat(depth);
const related = (depth: number): string =>
  `{ blogByPk(id: 1) { ${'blogCollection { edges { node { '.repeat(depth)} id ${'} } }'.repeat(depth)} } }`;
const tree = (depth: number): string => `${'{not: '.repeat(depth)}{id: {eq: 1}}${'}'.repeat(depth)}`;

describe('a body that is no request answers 200 with errors', () => {
  test.each([
    ['nothing', ''],
    ['no JSON', '{"query": '],
    ['no object', '[]'],
    ['a number', '1'],
    ['null', 'null'],
    ['no query', '{}'],
    ['a query that is no text', '{"query": 1}'],
    ['variables that are no object', '{"query": "{__typename}", "variables": []}'],
    ['a name that is no text', '{"query": "{__typename}", "operationName": {}}'],
    ['bad UTF-8', Buffer.from([0x7b, 0xff, 0xfe, 0x7d])],
    ['a bad hash', '{"extensions": {"persistedQuery": {"version": 1, "sha256Hash": "x"}}}'],
  ])('%s', async (_name, body) => {
    const { statusCode, body: text } = await send(body);
    expect(statusCode).toBe(200);
    expectErrors(text);
  });
});

describe('a document that cannot be served answers 200 with errors', () => {
  test.each([
    ['empty', ''],
    ['open', '{'],
    ['only a fragment', 'fragment A on account { id }'],
    ['a subscription', 'subscription { __typename }'],
    ['two operations without a name', 'query A { __typename } query B { __typename }'],
    ['an unknown field', '{ nope }'],
    ['a type system', 'type A { b: Int }'],
    ['no selection', '{ accountCollection }'],
    ['fragments in a circle', '{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }'],
    ['a missing variable', 'query ($id: Int!) { accountByPk(id: $id) { id } }'],
    ['a variable of another type', 'query ($id: String) { accountByPk(id: $id) { id } }'],
    ['too many levels', nested(40)],
    ['too many relations', related(13)],
    ['too many rows', related(5)],
    ['too many fields', `{ ${'__typename '.repeat(2001)} }`],
    [
      'too many root fields',
      `{ ${Array.from({ length: 51 }, (_unused, index) => `a${index}: __typename`).join(' ')} }`,
    ],
    [
      'fragments that multiply',
      `{ ...F0 } ${Array.from({ length: 30 }, (_unused, index) => `fragment F${index} on Query { ...F${index + 1} ...F${index + 1} }`).join(' ')} fragment F30 on Query { __typename }`,
    ],
    ['too many tokens', `{ ${'a '.repeat(20_001)} }`],
    ['too long', `{ __typename } #${'x'.repeat(200_000)}`],
    ['deep introspection', `{ __schema { types { ${'fields { type { '.repeat(6)} name ${'} }'.repeat(6)} } } }`],
    ['a filter too deep', `{ accountCollection(filter: ${tree(25)}) { edges { cursor } } }`],
    [
      'a list too long',
      `query { accountCollection(filter: {id: {in: [${'1,'.repeat(25_000)}]}}) { edges { cursor } } }`,
    ],
    ['an integer too large', '{ accountByPk(id: 2147483648) { id } }'],
    ['a bad nodeId', '{ node(nodeId: "?") { nodeId } }'],
    ['a nodeId of a number', '{ node(nodeId: 5) { nodeId } }'],
    ['a bad uuid', '{ accountCollection(filter: {secretToken: {eq: "x"}}) { edges { cursor } } }'],
    ['a bad expression', '{ accountCollection(filter: {email: {regex: "("}}) { edges { cursor } } }'],
    ['bad JSON', '{ accountCollection(filter: {meta: {eq: "{"}}) { edges { cursor } } }'],
    ['a NUL', '{ accountCollection(filter: {email: {eq: "a\\u0000"}}) { edges { cursor } } }'],
    ['half a surrogate pair', '{ accountCollection(filter: {email: {eq: "\\uD800"}}) { edges { cursor } } }'],
    ['a cursor of another order', '{ accountCollection(after: "WzEsMl0=") { edges { cursor } } }'],
    ['a cursor of another type', '{ accountCollection(after: "WyJ4Il0=") { edges { cursor } } }'],
    ['no objects', 'mutation { insertIntopostCollection(objects: []) { affectedCount } }'],
    ['objects without fields', 'mutation { insertIntopostCollection(objects: [{}, {}]) { affectedCount } }'],
    ['nothing to set', 'mutation { updatepostCollection(set: {}) { affectedCount } }'],
    ['a negative bound', 'mutation { updatepostCollection(set: {title: "x"}, atMost: -1) { affectedCount } }'],
    ['no bound', 'mutation { updatepostCollection(set: {title: "x"}, atMost: null) { affectedCount } }'],
    ['a key of another type', 'mutation { insertIntopostCollection(objects: [{blog_id: 99}]) { affectedCount } }'],
  ])('%s', async (_name, query) => {
    const { statusCode, body } = await send(JSON.stringify({ query }));
    expect(statusCode).toBe(200);
    expectErrors(body);
  });

  test.each<[string, unknown]>([
    ['100,000 values', { id: { in: Array.from({ length: 100_000 }, (_unused, index) => index) } }],
    ['30 levels', JSON.parse(`${'{"not":'.repeat(30)}{"id":{"eq":1}}${'}'.repeat(30)}`)],
    ['a number too large', { id: { eq: 2 ** 31 } }],
    ['a number beyond every type', { balance: { eq: '9'.repeat(400) } }],
  ])('%s in a variable', async (_name, filter) => {
    const query = 'query ($f: accountFilter) { accountCollection(filter: $f) { edges { cursor } } }';
    const { statusCode, body } = await send(JSON.stringify({ query, variables: { f: filter } }));
    expect(statusCode).toBe(200);
    expectErrors(body);
  });

  test('a surrogate half in a variable', async () => {
    const query = 'query ($e: String) { accountCollection(filter: {email: {eq: $e}}) { edges { cursor } } }';
    const { statusCode, body } = await send(`{"query": ${JSON.stringify(query)}, "variables": {"e": "\\ud800"}}`);
    expect(statusCode).toBe(200);
    expectErrors(body);
  });
});

test('four levels of relations are no mistake', async () => {
  expect(JSON.parse((await send(JSON.stringify({ query: related(3) }))).body)).toHaveProperty('data');
});

test('other methods and paths are refused in the form of GraphQL', async () => {
  for (const [method, url] of [
    ['PUT', '/graphql/v1'],
    ['POST', '/graphql/v1/more'],
  ] as const) {
    const { statusCode, body } = await app.app.inject({
      method,
      url,
      payload: '{}',
      headers: { 'content-type': 'application/json' },
    });
    expect(statusCode).toBe(404);
    expectErrors(body);
  }
});

async function get(query: string) {
  return app.app.inject({ method: 'GET', url: `/graphql/v1?query=${encodeURIComponent(query)}` });
}

test('a GET reads and does not write', async () => {
  expect((await get('{ blogByPk(id: 1) { title } }')).json()).toEqual({ data: { blogByPk: { title: 'Engines' } } });
  expectErrors((await get('mutation { next_number(step: 1) }')).body);
});

async function post(body: object): Promise<unknown> {
  return (await send(JSON.stringify(body))).json();
}

test('a document is sent once and then known by its hash', async () => {
  const query = '{ blogByPk(id: 2) { title } }';
  const sha256Hash = createHash('sha256').update(query).digest('hex');
  const extensions = { persistedQuery: { version: 1, sha256Hash } };
  expect(await post({ extensions })).toEqual({
    errors: [{ message: 'PersistedQueryNotFound', extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' } }],
  });
  expect(await post({ query: '{ __typename }', extensions })).toEqual({
    errors: [{ message: 'provided sha does not match query' }],
  });
  expect(await post({ query, extensions })).toEqual({ data: { blogByPk: { title: 'Looms' } } });
  expect(await post({ extensions })).toEqual({ data: { blogByPk: { title: 'Looms' } } });
});
