import { randomUUID } from 'node:crypto';
import { createSuiteProject, type SuiteProject } from '@ashlar/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { depot } from '../depot.fixture.ts';
import { type Handlers, openHandlers } from '../handler-drivers.fixture.ts';
import type { InvocationCaller } from '../invocation.ts';

let fixture: SuiteProject;
let handlers: Handlers;
let clerk: InvocationCaller;

beforeAll(async () => {
  fixture = await createSuiteProject({ suites: [depot] });
  handlers = await openHandlers(fixture, depot);
  clerk = await fixture.addMember(['depot.*']);
});
afterAll(async () => {
  await handlers?.[Symbol.asyncDispose]();
  await fixture?.[Symbol.asyncDispose]();
});

async function ask(query: string, variables: object = {}, headers: Record<string, string> = {}) {
  const response = await fetch(handlers.graphqlUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...handlers.headersOf('depot', clerk), ...headers },
    body: JSON.stringify({ query, variables }),
  });
  // oxlint-disable-next-line typescript/no-explicit-any -- read as loosely as by a client.
  return {
    status: response.status,
    replayed: response.headers.get('idempotency-replayed'),
    body: (await response.json()) as any,
  };
}

const code = () => `G-${randomUUID().slice(0, 8)}`;
const STORE = 'storeParcel(input: { code: $code, weight: "5" })';

test('values in the document are read like those of variables, enumerations and lists of one included', async () => {
  const variables = { code: code(), tag: 'x' };
  const { body } = await ask(
    'mutation ($code: String!, $tag: String!) { made: storeParcel(input: { code: $code, weight: "5", tags: $tag, sender: null }) { tags state } }',
    variables,
  );
  // $tag is no list, which GraphQL refuses of a variable.
  expect(body.errors[0].message).toMatch(/\[String!\]/);
  const stored = await ask(
    'mutation ($code: String!) { made: storeParcel(input: { code: $code, weight: "5", tags: "x", sender: null }) { tags state } }',
    { code: variables.code },
  );
  expect(stored.body).toEqual({ data: { made: { tags: ['x'], state: 'stored' } } });
  const listed = await ask(
    'query ($s: ListParcelsInputState) { listParcels(input: { state: $s, limit: 100 }) { parcels { code } } }',
    {
      s: 'stored',
    },
  );
  expect(listed.body.data.listParcels.parcels).toContainEqual({ code: variables.code });
});

test('commands of one request are done in turn, each with a key of its own, and one that fails stops no other', async () => {
  const query = `mutation ($code: String!, $skip: Boolean!) {
    first: ${STORE} { id code }
    twice: ${STORE} { id }
    skipped: ${STORE} @skip(if: $skip) { id }
    dry: storeParcel(input: { code: "DRY", weight: "5" }, dryRun: true) { code }
    __typename
  }`;
  const variables = { code: code(), skip: true };
  const key = { 'idempotency-key': randomUUID() };
  const once = await ask(query, variables, key);
  expect(once.body.data).toEqual({
    first: { id: expect.any(String), code: variables.code },
    twice: null,
    dry: { code: 'DRY' },
    __typename: 'Mutation',
  });
  expect(once.body.errors).toEqual([
    expect.objectContaining({
      path: ['twice'],
      extensions: expect.objectContaining({ code: 'depot.code_taken', status: 409 }),
    }),
  ]);
  const again = await ask(query, variables, key);
  expect(again.body.data.first).toEqual(once.body.data.first);
  expect(again.replayed).toBeNull();
});

test.each([
  ['not a document', {}, /Syntax Error/],
  ['{ nothing }', {}, /Cannot query field/],
  ['mutation { storeParcel { id } }', {}, /StoreParcelInput!.*required/],
  ['subscription { x }', {}, /not supported|not served|Subscription/i],
  [`{ ${'listParcels { parcels { code } } '.repeat(51)} }`, {}, /at most 50 fields/],
  [`query { ...A } fragment A on Query { ...B } fragment B on Query { ...A }`, {}, /within itself/],
])('%j is refused as no operation of this schema', async (query, variables, message) => {
  const { status, body } = await ask(query, variables);
  expect(status).toBe(200);
  expect(body.errors[0].message).toMatch(message);
  expect(body.data ?? null).toBeNull();
});

test('what is no value of an argument is told by its place, whatever it is', async () => {
  for (const [input, pointers] of [
    [5, ['']],
    [[], ['']],
    [{ code: { a: 1 }, weight: '1', __proto__: 1 }, ['/code']],
    [{ code: 'x', weight: '99999999999999999999', tags: [[['x']]] }, ['/weight', '/tags/0']],
  ] as const) {
    const { body } = await ask('mutation ($input: StoreParcelInput!) { storeParcel(input: $input) { id } }', { input });
    const { extensions } = body.errors[0];
    expect(extensions.code).toBe('common.invalid_input');
    expect(extensions.errors.map(({ pointer }: { readonly pointer: string }) => pointer).toSorted()).toEqual(
      pointers.toSorted(),
    );
  }
  const { body } = await ask(`mutation { storeParcel(input: { code: "x", weight: "1" }, dryRun: "yes") { id } }`);
  expect(body.errors[0].extensions).toMatchObject({ code: 'common.malformed', status: 400 });
});

const get = async (path: string) => {
  const response = await fetch(handlers.graphqlUrl + path, { headers: handlers.headersOf('depot', clerk) });
  return { status: response.status, text: await response.text() };
};

test('a GET reads and changes nothing, and gives the schema as a document', async () => {
  const read = await get(`?query=${encodeURIComponent('{ listParcels { parcels { weight } } }')}`);
  expect(JSON.parse(read.text).data.listParcels.parcels).toBeInstanceOf(Array);
  const written = await get(
    `?query=${encodeURIComponent('mutation { storeParcel(input: { code: "GET", weight: "1" }) { id } }')}`,
  );
  expect(written.text).toMatch(/may not change anything/);
  expect((await get('/schema.graphql')).text).toMatch(/storeParcel\(input: StoreParcelInput!/);
});
