import { randomUUID } from 'node:crypto';
import { type RunningServer, startServer } from '@ashlar/testing';
import { Client as GrpcClient, credentials, Metadata } from '@grpc/grpc-js';
import { Client, fetchExchange } from '@urql/core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openReflected, type Reflected } from '../../../packages/handlers/src/grpc-client.fixture.ts';

/** Suites as clients of GraphQL, Connect and gRPC reach them through the front door. */
let server: RunningServer;
let grpc: GrpcClient;
let product: Reflected;

beforeAll(async () => {
  server = await startServer({ environment: { ASHLAR_GRPC_PORT: '0' } });
  expect(await server.ashlar('suite', 'add', 'product', 'inventory')).toMatchObject({ code: 0 });
  grpc = new GrpcClient(`127.0.0.1:${server.grpcPort}`, credentials.createInsecure());
  product = await openReflected(grpc, 'ashlar.product.v1.ProductService', 'v1alpha');
});
afterAll(async () => {
  grpc?.close();
  await server?.stop();
});

const graphOf = (suite: string, headers: Record<string, string>, prefix = '') =>
  new Client({
    url: `${server.url}${prefix}/graphql/${suite}`,
    preferGetMethod: false,
    exchanges: [fetchExchange],
    fetchOptions: { headers },
  });

const secret = () => ({ apikey: server.secretKey });
const metadataOf = (headers: Record<string, string>) => {
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(headers)) metadata.set(name, value);
  return metadata;
};
const codeOf = async (asked: Promise<unknown>): Promise<unknown> =>
  asked.then(
    () => 'OK',
    (error: { readonly code: number; readonly details: string }) => [error.code, error.details],
  );

const CREATE = `mutation Create($input: CreateProductInput!, $key: String) {
  made: createProduct(input: $input, idempotencyKey: $key) { id variantId status version }
}`;

test('one operation reads tables of a suite and asks its use cases, as its caller', async () => {
  const client = graphOf('product', secret());
  const sku = `G-${randomUUID().slice(0, 8)}`;
  const input = { title: { en: 'Cup', ar: 'كوب' }, type: 'goods', variant: { sku } };
  const key = randomUUID();
  const created = await client.mutation(CREATE, { input, key }).toPromise();
  expect(created.error).toBeUndefined();
  const again = await client.mutation(CREATE, { input, key }).toPromise();
  expect(again.data).toEqual(created.data);
  const { id } = created.data.made;

  const BOTH = `query Both($id: String!, $row: UUID!, $withRow: Boolean = true) {
    ...Rows
    product: getProduct(input: { productId: $id }) { id status title }
    __typename
  }
  fragment Rows on Query { row: productsByPk(id: $row) @include(if: $withRow) { id status } }`;
  const both = await client.query(BOTH, { id, row: id }).toPromise();
  expect(both.error).toBeUndefined();
  expect(both.data).toEqual({
    row: { id, status: 'draft' },
    product: { id, status: 'draft', title: { en: 'Cup', ar: 'كوب' } },
    __typename: 'Query',
  });
  const rows = await client.query('{ productsCollection(first: 1) { edges { node { id } } } }', {}).toPromise();
  expect(rows.data).toEqual({ productsCollection: { edges: [{ node: { id } }] } });
  const below = await graphOf('product', secret(), '/p/default').query(
    '{ productsCollection { edges { node { id } } } }',
    {},
  );
  expect(below.data).toEqual(rows.data);
  // Tables are written by commands alone, and those of other suites are not there.
  const written = client.mutation('mutation { insertIntoproductsCollection(objects: []) { affectedCount } }', {});
  const foreign = client.query('{ itemsCollection { edges { node { id } } } }', {});
  for (const asked of [written, foreign]) {
    expect((await asked.toPromise()).error?.message).toMatch(/Cannot query field/);
  }
  const anonymous = await graphOf('product', { apikey: server.anonKey }).mutation(CREATE, { input }).toPromise();
  expect(anonymous.data).toMatchObject({ made: null });
  expect(anonymous.error?.graphQLErrors[0]?.extensions).toMatchObject({ code: 'common.unauthenticated', status: 401 });
});

const read = async (path: string) => {
  const response = await fetch(server.url + path, { headers: secret() });
  expect(response.status).toBe(200);
  return response.text();
};

test('the schema of a suite is there as a document, with its tables for whoever sees them', async () => {
  const sdl = await read('/graphql/inventory/schema.graphql');
  expect(sdl).toMatch(/reserveStock\(input: ReserveStockInput!, idempotencyKey: String, dryRun: Boolean\)/);
  expect(sdl).toMatch(/type reservations implements Node/);
  expect(sdl).not.toMatch(/insertInto/);
  const { services } = JSON.parse(await read('/connect/')) as {
    readonly services: readonly { readonly suite: string }[];
  };
  expect(services.map(({ suite }) => suite)).toContain('inventory');
  expect(await read('/connect/inventory.proto')).toMatch(/rpc ReserveStock\(ReserveStockRequest\) returns/);
});

test('gRPC leads through the door: keys, projects, limits of the answer and refusals are the same', async () => {
  expect(product.services).toContain('ashlar.inventory.v1.InventoryService');
  const sku = `R-${randomUUID().slice(0, 8)}`;
  const create = (headers: Record<string, string>) =>
    product.call('CreateProduct', { title: { en: 'Bowl' }, variant: { sku } }, metadataOf(headers));
  expect(await create({ ...secret(), 'ashlar-dry-run': 'true' })).toMatchObject({ output: { status: 'draft' } });
  expect(await create(secret())).toMatchObject({ output: { status: 'draft' } });
  expect(await create(secret())).toMatchObject({ problem: { code: 'product.sku_taken' }, status: 9 });
  expect(await create({ apikey: server.anonKey })).toMatchObject({
    problem: { code: 'common.unauthenticated' },
    status: 16,
  });
  expect(await codeOf(create({ apikey: 'sb_secret_nobody_issued_it' }))).toEqual([
    16,
    expect.stringMatching(/^door\./),
  ]);
  expect(await codeOf(create({ ...secret(), 'ashlar-project': 'elsewhere' }))).toEqual([12, expect.any(String)]);
  expect(await codeOf(create({ ...secret(), 'ashlar-project': '../p' }))).toEqual([5, expect.any(String)]);
});

const call = async (method: string, body: object, headers: Record<string, string>) => {
  const response = await fetch(`${server.url}/connect/ashlar.inventory.v1.InventoryService/${method}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  // oxlint-disable-next-line typescript/no-explicit-any -- read as loosely as by a client.
  return { status: response.status, body: (await response.json()) as any };
};

test('a method is called by Connect with nothing but JSON over HTTP', async () => {
  expect(await call('AddWarehouse', { code: 'MAIN' }, secret())).toMatchObject({
    status: 200,
    body: { id: expect.any(String) },
  });
  expect(await call('AddWarehouse', { code: 'MAIN' }, secret())).toMatchObject({
    body: { code: 'failed_precondition', details: [{ type: 'ashlar.inventory.v1.Problem' }] },
  });
  expect(await call('AddWarehouse', { cod: 'MAIN' }, secret())).toMatchObject({
    status: 400,
    body: { code: 'invalid_argument' },
  });
  expect(await call('AddWarehouse', { code: 'X' }, { apikey: 'nobody' })).toMatchObject({
    status: 401,
    body: { code: 'unauthenticated', message: expect.stringMatching(/^door\./) },
  });
  expect(await call('Nothing', {}, secret())).toMatchObject({ status: 404 });
  const graph = await graphOf('inventory', { apikey: 'nobody' }).query('{ __typename }', {}).toPromise();
  expect(graph.error?.graphQLErrors[0]?.extensions).toMatchObject({ status: 401 });
});
