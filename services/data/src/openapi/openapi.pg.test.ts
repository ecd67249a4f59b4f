import { Validator } from '@seriousme/openapi-schema-validator';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDataApp, type DataApp } from '../data-app.fixture.ts';
import { LIBRARY } from '../library.fixture.ts';

let app: DataApp;

const MORE = `
  create type mood as enum ('sad', 'ok');
  create table "Odd {name}/'<b>" ("select" int, "a b" mood, "größe" numeric(4,1) not null, id uuid primary key default gen_random_uuid());
  comment on table authors is 'Who writes <books> & more';
  create table payroll (id int primary key, author_id int references authors, salary numeric);
  revoke all on payroll, profiles from anon, authenticated;
  grant select (id) on payroll to authenticated;
  grant insert (id, salary) on payroll to authenticated;
  create function reckon(json) returns json language sql immutable as 'select $1';
  create domain "text/html" as text;
  create function sheet() returns "text/html" language sql stable as $$ select '<p>' $$;
  create function payday(day date, variadic ids int[]) returns setof payroll language sql as 'select * from payroll';
  revoke all on function payday(date, int[]) from public, anon, authenticated;
`;

beforeAll(async () => {
  app = await createDataApp(LIBRARY + MORE);
});

afterAll(() => app[Symbol.asyncDispose]());

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, { readonly properties?: Readonly<Record<string, unknown>> }>>;
  };
}

async function documentFor(role: string): Promise<Document> {
  const reply = await app.ask({ url: '/openapi.json', role });
  expect(reply.status).toBe(200);
  // Validated against the specification's own schema in the first test.
  return reply.json as Document;
}

test.each(['service_role', 'authenticated', 'anon'])('the document for %s is valid OpenAPI 3.1', async (role) => {
  const document = await documentFor(role);
  const validator = new Validator();
  // The validator changes what it reads, and takes any object.
  const result = await validator.validate(structuredClone(document) as unknown as Record<string, unknown>);
  expect(result).toEqual({ valid: true });
  expect(validator.version).toBe('3.1');
});

test('it tells relations, their columns and functions', async () => {
  const { paths, components } = await documentFor('service_role');
  expect(Object.keys(paths['/books'] ?? {})).toEqual(['get', 'post', 'patch', 'delete']);
  expect(Object.keys(paths['/rpc/add'] ?? {})).toEqual(['get', 'post']);
  expect(Object.keys(paths['/rpc/add_book'] ?? {})).toEqual(['post']);
  expect(paths['/rpc/sheet']).toMatchObject({
    get: { responses: { 200: { content: { 'text/html': {}, 'application/json': {} } } } },
  });
  expect(components.schemas['row.books']?.properties).toMatchObject({
    id: { type: 'integer', format: 'integer', description: 'Primary key.' },
    author_id: { type: ['integer', 'null'], description: 'Refers to `authors.id`.' },
  });
  expect(components.schemas['insert.authors']).toMatchObject({ required: ['id', 'name'] });
});

test('it tells a role no more than the role may use', async () => {
  const { paths, components } = await documentFor('authenticated');
  expect(Object.keys(paths['/payroll'] ?? {})).toEqual(['get', 'post']);
  expect(Object.keys(components.schemas['row.payroll']?.properties ?? {})).toEqual(['id']);
  expect(Object.keys(components.schemas['insert.payroll']?.properties ?? {})).toEqual(['id', 'salary']);
  expect(paths['/rpc/payday']).toBeUndefined();
  const anonymous = JSON.stringify(await documentFor('anon'));
  for (const name of ['payroll', 'profiles', 'labels`', 'payday']) expect(anonymous).not.toContain(name);
});

test('transactions are described, and told by OPTIONS, unless a table has their name', async () => {
  const { paths } = await documentFor('authenticated');
  expect(paths['/transaction']).toMatchObject({ post: { tags: ['transaction'] } });
  expect((await app.ask({ method: 'OPTIONS', url: '/transaction' })).headers['allow']).toBe('OPTIONS,POST');

  await app.project.sql('set role postgres; create table transaction (id int primary key); reset role');
  await expect
    .poll(async () => (await app.ask({ method: 'OPTIONS', url: '/transaction' })).headers['allow'])
    .toBe('OPTIONS,GET,HEAD,POST,PUT,PATCH,DELETE');
  expect(Object.keys((await documentFor('authenticated')).paths['/transaction'] ?? {})).toContain('get');
  await app.project.sql('drop table transaction');
  await expect
    .poll(async () => (await app.ask({ method: 'OPTIONS', url: '/transaction' })).headers['allow'])
    .toBe('OPTIONS,POST');
});

test('the 2.0 document at the root follows privileges alike', async () => {
  const { json } = await app.ask({ url: '/', role: 'authenticated' });
  expect(json).toMatchObject({
    swagger: '2.0',
    definitions: { payroll: { properties: { id: { format: 'integer' } } } },
  });
  expect(JSON.stringify(json)).not.toContain('author_id.payroll');
  expect((await app.ask({ url: '/', role: 'anon' })).text).not.toContain('payroll');
});

test('the reference page is there once the project shows it', async () => {
  expect(await app.ask({ url: '/reference' })).toMatchObject({ status: 404, json: { code: 'PGRST205' } });
  app.configure({ referencePage: true });
  const { status, headers, text } = await app.ask({ url: '/reference' });
  expect(status).toBe(200);
  expect(headers['content-type']).toBe('text/html; charset=utf-8');
  expect(text).toContain('Who writes &lt;books&gt; &amp; more');
  expect(text).toContain('id="relation-books"');
  expect(text).toContain('id="transaction"');
  expect(text).not.toMatch(/<script|<b>|https?:\/\/(?!127\.0\.0\.1)/);
  expect((await app.ask({ url: '/reference', role: 'anon' })).text).not.toContain('payroll');
});

test('a project may describe nothing, or everything to everybody', async () => {
  app.configure({ openApiMode: 'ignore-privileges' });
  expect((await app.ask({ url: '/openapi.json', role: 'anon' })).text).toContain('payroll');
  app.configure({ openApiMode: 'disabled' });
  for (const url of ['/', '/openapi.json', '/reference']) {
    expect(await app.ask({ url })).toMatchObject({
      status: 404,
      json: { code: 'PGRST126', message: 'Root endpoint metadata is disabled' },
    });
  }
  app.configure({ openApiMode: 'follow-privileges' });
});

test('a schema that is not exposed is not described', async () => {
  const headers = { 'accept-profile': 'auth' };
  for (const [method, url] of [
    ['GET', '/openapi.json'],
    ['GET', '/'],
    ['OPTIONS', '/users'],
  ] as const) {
    expect(await app.ask({ method, url, headers })).toMatchObject({ status: 406, json: { code: 'PGRST106' } });
  }
});
