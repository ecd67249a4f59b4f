import { type RunningServer, startServer } from '@ashlar/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createClient } from './create-client.ts';
import { orThrow } from './or-throw.ts';
import { openInBrowser, type PackedClient, packInto } from './packed-client.fixture.ts';

let server: RunningServer;
beforeAll(async () => {
  server = await startServer();
  expect((await server.ashlar('suite', 'add', 'product', 'inventory')).code).toBe(0);
});
afterAll(() => server?.stop());

const connect = (fetch?: typeof globalThis.fetch) =>
  createClient(server.url, server.secretKey, {
    supabase: { auth: { persistSession: false }, ...(fetch === undefined ? {} : { global: { fetch } }) },
  });
const products = async (): Promise<number> =>
  Number((await server.superuserSql<{ n: string }>('select count(*) as n from product.products'))[0]?.n);

test('a use case is a function of its input, a query finds what a command made', async () => {
  const { suite } = connect();
  const made = await orThrow(suite('product').createProduct({ title: { en: 'Cup' }, variant: { sku: 'CUP' } }));
  expect(made).toMatchObject({ status: 'draft', version: 1 });
  const found = await orThrow(suite('product').getProduct({ productId: made.id }));
  expect(found.title).toEqual({ en: 'Cup' });
  expect((await orThrow(suite('product').listPriceLists())).lists).toEqual([]);
});

test('an answer that was lost is asked for again, and the work is done once', async () => {
  const before = await products();
  const keys = new Set<string | null>();
  let lost = 0;
  const client = connect(async (input, init) => {
    keys.add(new Headers(init?.headers).get('idempotency-key'));
    const response = await fetch(input, init);
    if (lost === 2) return response;
    lost += 1;
    throw new TypeError('fetch failed');
  });
  const result = await client.suite('product').createProduct({ title: { en: 'Pot' } });
  expect(result).toMatchObject({ error: null, replayed: true });
  expect(keys.size).toBe(1);
  expect(await products()).toBe(before + 1);
});

test('what the server calls retryable is tried again, anything else is not', async () => {
  let asked = 0;
  const client = connect(async (input, init) => {
    asked += 1;
    return asked === 1 ? new Response('{"code":"common.busy","retryable":true}', { status: 503 }) : fetch(input, init);
  });
  expect((await client.suite('product').listCategories()).error).toBeNull();
  expect(asked).toBe(2);
  const { error } = await client.suite('product').createProduct({ title: { en: 'Again' }, variant: { sku: 'CUP' } });
  expect(error).toMatchObject({
    code: 'product.sku_taken',
    status: 409,
    retryable: false,
    traceId: expect.any(String),
  });
  expect(asked).toBe(3);
});

test('a server that is away is told as such', async () => {
  const client = createClient('http://127.0.0.1:9', 'key', {
    retries: 1,
    supabase: { auth: { persistSession: false } },
  });
  const { data, error } = await client.suite('product').listCategories();
  expect([data, error?.code, error?.status, error?.retryable]).toEqual([null, 'sdk.network', 0, true]);
  await expect(orThrow(client.suite('product').listCategories())).rejects.toMatchObject({
    name: 'ProblemError',
    problem: { code: 'sdk.network' },
  });
});

test('faults of an input come all at once, each with its place', async () => {
  // As JavaScript without types would call it.
  const wrong = { title: 7, colour: 'red' } as never;
  const { error } = await connect().suite('product').createProduct(wrong);
  expect(error?.code).toBe('common.invalid_input');
  expect(error?.errors.map(({ pointer }) => pointer).toSorted()).toEqual(['/colour', '/title']);
});

test('a key of the caller is kept, and a dry run leaves nothing', async () => {
  const before = await products();
  const { suite } = connect();
  const options = { idempotencyKey: 'order-17' };
  const first = await suite('product').createProduct({ title: { en: 'Once' } }, options);
  const again = await suite('product').createProduct({ title: { en: 'Once' } }, options);
  expect([first.replayed, again.replayed, again.data]).toEqual([false, true, first.data]);
  const other = await suite('product').createProduct({ title: { en: 'Other' } }, options);
  expect(other.error?.code).toBe('common.idempotency_conflict');
  const tried = await suite('product').createProduct({ title: { en: 'Tried' } }, { dryRun: true });
  expect(tried.error).toBeNull();
  expect(await products()).toBe(before + 1);
});

test('a call acts for the organisation it names, or for that of the client', async () => {
  const [org] = await server.superuserSql<{ id: string }>(
    `insert into auth.organisations (slug, name) values ('other', '{"en": "Other"}') returning id`,
  );
  const organisation = org?.id ?? '';
  const made = await orThrow(
    connect()
      .suite('product')
      .createProduct({ title: { en: 'Theirs' } }, { organisation }),
  );
  expect((await connect().suite('product').getProduct({ productId: made.id })).error?.code).toBe('common.not_found');
  const theirs = createClient(server.url, server.secretKey, {
    organisation,
    supabase: { auth: { persistSession: false } },
  });
  expect((await theirs.suite('product').getProduct({ productId: made.id })).data?.id).toBe(made.id);
});

test('a call ends with its signal, also between two attempts', async () => {
  const controller = new AbortController();
  const client = connect(async () => {
    queueMicrotask(() => controller.abort());
    throw new TypeError('fetch failed');
  });
  const { error } = await client.suite('product').listCategories({}, { signal: controller.signal, retries: 10 });
  expect(error?.code).toBe('sdk.aborted');
});

test('a user is known by the session of supabase-js, and refused what they may not', async () => {
  const client = createClient(server.url, server.publishableKey, { supabase: { auth: { persistSession: false } } });
  const anonymous = await client.suite('product').createProduct({ title: { en: 'No' } });
  expect(anonymous.error?.code).toBe('common.unauthenticated');
  await client.auth.signUp({ email: 'clerk@example.org', password: 'a long enough password' });
  const signedIn = await client.suite('product').createProduct({ title: { en: 'No' } });
  expect(signedIn.error?.status).toBe(403);
  expect((await client.from('nothing').select()).error?.code).toBe('PGRST205');
});

test('an input that lacks a member of the path, or leads elsewhere by it, is sent nowhere', async () => {
  let asked = 0;
  const client = connect(async () => {
    asked += 1;
    return new Response('{}');
  });
  for (const productId of [undefined, '', '..']) {
    await expect(client.suite('product').getProduct({ productId } as never)).rejects.toThrow('names no productId');
  }
  await client.suite('product').getProduct({ productId: 'a/../b?c' });
  expect(asked).toBe(1);
  expect(() => client.suite('constructor' as never)).toThrow('There is no suite constructor');
});

describe('as it is published', { timeout: 120_000 }, () => {
  let folder: PackedClient;
  beforeAll(async () => {
    folder = await packInto();
  }, 120_000);
  afterAll(() => folder?.[Symbol.asyncDispose]());

  test('it is installed into a fresh folder, its types are checked, and plain Node uses it', async () => {
    expect(folder.files).not.toContainEqual(expect.stringMatching(/test|fixture|\/src\//));
    expect(await folder.typeCheck(TYPED)).toBe('');
    const wrong = await folder.typeCheck(TYPED.replaceAll('// @ts-expect-error', '//'));
    expect(wrong.match(/error TS/g)).toHaveLength(3);
    const out = await folder.run(
      `import { createClient } from '@ashlar/sdk';
       const client = createClient(${JSON.stringify(server.url)}, ${JSON.stringify(server.secretKey)});
       const { data, error } = await client.suite('product').createProduct({ title: { en: 'Packed' } });
       console.log(JSON.stringify({ status: data?.status, error }));`,
    );
    expect(JSON.parse(out)).toEqual({ status: 'draft', error: null });
  });

  test('a page in a browser uses it, from another origin', async ({ skip }) => {
    const result = await openInBrowser(
      folder,
      `const client = createClient(${JSON.stringify(server.url)}, ${JSON.stringify(server.secretKey)});
       const options = { idempotencyKey: 'from-a-page' };
       const first = await client.suite('product').createProduct({ title: { en: 'Page' } }, options);
       const again = await client.suite('product').createProduct({ title: { en: 'Page' } }, options);
       const refused = await client.suite('product').getProduct({ productId: 'x' }, { organisation: crypto.randomUUID() });
       return [first.data?.status, again.replayed, refused.error?.status >= 400];`,
    );
    if ('absent' in result) return skip(result.absent);
    expect(result.value).toEqual(['draft', true, true]);
  });
});

/** What a program in TypeScript may write, and what not. */
const TYPED = `
import { createClient, orThrow } from '@ashlar/sdk';
const client = createClient('http://127.0.0.1:1', 'key');
const { data, error } = await client.suite('product').createProduct({ title: { en: 'Cup' } });
if (error === null) data.status satisfies 'draft';
else if (error.code === 'product.sku_taken') error.detail satisfies string;
// @ts-expect-error
else if (error.code === 'product.no_such_code') error.detail;
// @ts-expect-error
await client.suite('product').createProduct({ titel: { en: 'Cup' } });
// @ts-expect-error
client.suite('nothing');
(await orThrow(client.suite('product').listPriceLists())).lists satisfies readonly object[];
export const rows = client.from('todos').select();
`;
