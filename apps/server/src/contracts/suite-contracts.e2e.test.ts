import { type RunningServer, startServer } from '@ashlar/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';

let server: RunningServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server?.stop());

async function contracts(path: string) {
  const response = await fetch(`${server.url}/registry/v1${path}`, { headers: { apikey: server.publishableKey } });
  // oxlint-disable-next-line typescript/no-explicit-any -- read as loosely as by a client.
  return { status: response.status, body: (await response.json()) as any };
}

test('a suite that is added tells what it promises, to anybody', async () => {
  expect((await contracts('/subjects?search=product.')).body.subjects).toEqual([]);
  expect((await server.ashlar('suite', 'add', 'product')).code).toBe(0);
  const { body } = await contracts('/subjects?search=product.');
  expect(body.subjects.map(({ name }: { name: string }) => name)).toEqual(
    expect.arrayContaining(['product.asyncapi', 'product.openapi']),
  );
  const { document } = (await contracts('/subjects/product.openapi/versions/latest')).body;
  expect(Object.keys(document.paths)).toContain('/products');
  // Repeating it changes nothing.
  expect((await server.ashlar('suite', 'add', 'product')).code).toBe(0);
});

test('a project that was promised something else refuses the suite, before anything is done', async () => {
  const [registered] = (await contracts('/subjects/product.openapi')).body.versions;
  const response = await fetch(`${server.url}/registry/v1/subjects/inventory.openapi/versions/${registered.version}`, {
    method: 'PUT',
    headers: { apikey: server.secretKey, 'content-type': 'application/json' },
    body: JSON.stringify({
      format: 'openapi',
      document: { openapi: '3.1.1', paths: { '/old': { get: { responses: {} } } } },
      visibility: 'public',
    }),
  });
  expect(response.status).toBe(201);
  const { code, stderr } = await server.ashlar('suite', 'add', 'inventory');
  expect([code === 0, stderr]).toEqual([false, expect.stringMatching(/is another document/)]);
  expect(await server.superuserSql(`select from pg_namespace where nspname = 'inventory'`)).toEqual([]);
});
