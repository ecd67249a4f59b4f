import { createHash } from 'node:crypto';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { createDataApp, type DataApp } from '../data-app.fixture.ts';
import type { PersistedRequest } from '@ashlar/graphql';
import { PersistedOperations, type Sender } from './persisted-operations.ts';

const app: DataApp = await createDataApp('create table note (id int primary key)');
const { database } = app.project;

interface Response {
  readonly data?: unknown;
  readonly errors?: unknown;
}

async function send(document: string, role: string): Promise<Response> {
  const response = await app.app.inject({
    method: 'POST',
    url: '/graphql/v1',
    headers: { 'x-role': role, 'content-type': 'application/json' },
    payload: JSON.stringify({
      query: document,
      extensions: { persistedQuery: { version: 1, sha256Hash: sha256(document) } },
    }),
  });
  return response.json();
}

beforeEach(() => app.project.sql('truncate ashlar.persisted_operations'));
afterAll(() => app[Symbol.asyncDispose]());

const sha256 = (document: string): string => createHash('sha256').update(document).digest('hex');

function request(document: string, query: string | null = document): PersistedRequest {
  return { query, hash: sha256(document), variables: {}, operationName: null };
}

const sender = (role: string): Sender => ({ database, role });

/** As one process answers it: resolved, run, kept if it may be. */
async function answer(process: PersistedOperations, role: string, document: string): Promise<void> {
  await process.resolve(sender(role), request(document));
  process.answered(sender(role), request(document));
}

async function kept(): Promise<readonly string[]> {
  const rows = await app.project.sql<{ document: string }>(
    'select document from ashlar.persisted_operations order by 1',
  );
  return rows.map(({ document }) => document);
}

function byHash(role: string, document: string): Promise<unknown> {
  return new PersistedOperations().resolve(sender(role), request(document, null)).then(({ query }) => query);
}

test('what a user ran is known to a process that starts later, whoever asks it', async () => {
  await answer(new PersistedOperations(), 'authenticated', '{ a }');
  await expect.poll(kept).toEqual(['{ a }']);
  for (const role of ['anon', 'authenticated', 'service_role']) expect(await byHash(role, '{ a }')).toBe('{ a }');
});

test('what an anonymous caller ran is remembered, not kept', async () => {
  const process = new PersistedOperations();
  await answer(process, 'anon', '{ a }');
  expect((await process.resolve(sender('anon'), request('{ a }', null))).query).toBe('{ a }');
  // One that is kept afterwards shows that the first was not on its way.
  await answer(process, 'service_role', '{ b }');
  await expect.poll(kept).toEqual(['{ b }']);
  await expect(byHash('anon', '{ a }')).rejects.toThrow('PersistedQueryNotFound');
  // The same document run by a user is kept then.
  await answer(process, 'authenticated', '{ a }');
  await expect.poll(kept).toEqual(['{ a }', '{ b }']);
});

test('a request over HTTP keeps its document only when it was answered', async () => {
  expect(await send('{ nothing }', 'authenticated')).toHaveProperty('errors');
  expect(await send('{ __typename }', 'authenticated')).toEqual({ data: { __typename: 'Query' } });
  await expect.poll(kept).toEqual(['{ __typename }']);
});

test('a document is kept only below its own hash', async () => {
  const poisoned = { ...request('{ good }'), query: '{ evil }' };
  await expect(new PersistedOperations().resolve(sender('authenticated'), poisoned)).rejects.toThrow('sha');
  for (const role of ['anon', 'authenticated', 'service_role', 'identity']) {
    const [row] = await app.project.sql(
      `select has_table_privilege($1, 'ashlar.persisted_operations', 'select, insert, update, delete') as rows,
              has_function_privilege($1, 'ashlar.keep_operation(text)', 'execute') as keep`,
      [role],
    );
    expect(row).toEqual({ rows: false, keep: role === 'authenticated' || role === 'service_role' });
  }
});

test('long documents are not kept, neither by the process nor by who calls the function', async () => {
  const process = new PersistedOperations();
  await answer(process, 'authenticated', `{ a } #${'x'.repeat(16 * 1024)}`);
  await answer(process, 'authenticated', '{ b }');
  await expect.poll(kept).toEqual(['{ b }']);
  await expect(app.project.sql(`select ashlar.keep_operation(repeat('x', 16385))`)).rejects.toThrow('at most 16384');
});

test('a flood of documents writes sixty in a minute', async () => {
  const process = new PersistedOperations();
  const all = Array.from({ length: 80 }, (_unused, index) => `{ a${index} }`);
  await Promise.all(all.map((document) => answer(process, 'authenticated', document)));
  await expect.poll(async () => (await kept()).length).toBe(60);
  // The rest is remembered all the same.
  for (const document of all) {
    expect((await process.resolve(sender('anon'), request(document, null))).query).toBe(document);
  }
});

test('a thousand documents are kept, those used longest ago and those out of use go', async () => {
  await app.project.sql(`
    insert into ashlar.persisted_operations
    select sha256(convert_to(i::text, 'UTF8')), i::text, now() - make_interval(mins => i) from generate_series(1, 1005) i;
    update ashlar.persisted_operations set used_at = now() - interval '31 days' where document = '7'`);
  await app.project.sql(`select ashlar.keep_operation('{ new }')`);
  const left = new Set(await kept());
  expect(left.size).toBe(1000);
  for (const gone of ['7', '1001', '1005']) expect(left.has(gone)).toBe(false);
  for (const there of ['{ new }', '1', '1000']) expect(left.has(there)).toBe(true);
});

test('a document that is used is noted, once a day', async () => {
  await app.project.sql(`
    select ashlar.keep_operation('{ a }'); select ashlar.keep_operation('{ b }');
    update ashlar.persisted_operations set used_at = now() - interval '2 days' where document = '{ a }';
    update ashlar.persisted_operations set used_at = now() - interval '2 hours' where document = '{ b }'`);
  await byHash('anon', '{ a }');
  await byHash('anon', '{ b }');
  const [row] = await app.project.sql(`
    select bool_and(used_at > now() - interval '1 hour') filter (where document = '{ a }') as a,
           bool_and(used_at > now() - interval '1 hour') filter (where document = '{ b }') as b
    from ashlar.persisted_operations`);
  expect(row).toEqual({ a: true, b: false });
});
