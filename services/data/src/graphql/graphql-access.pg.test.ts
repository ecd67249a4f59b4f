import { buildClientSchema, getIntrospectionQuery, type IntrospectionQuery, validateSchema } from 'graphql';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDataApp, type DataApp } from '../data-app.fixture.ts';
import { SHOP } from './shop.fixture.ts';

let app: DataApp;

beforeAll(async () => {
  app = await createDataApp(SHOP);
});

afterAll(() => app[Symbol.asyncDispose]());

async function schemaOf(role: string) {
  const { json } = await app.graphql({ query: getIntrospectionQuery({ descriptions: true }), role });
  const { data, errors } = json as { readonly data: IntrospectionQuery; readonly errors?: unknown };
  expect(errors).toBeUndefined();
  return buildClientSchema(data);
}

async function ask(query: string, role: string): Promise<unknown> {
  return (await app.graphql({ query, role })).json;
}

test('the schema a client reads is valid, and describes what comments describe', async () => {
  const schema = await schemaOf('service_role');
  expect(validateSchema(schema)).toEqual([]);
  expect(schema.getType('account')?.description).toBe('A person');
  const cipher = schema.getType('cipher');
  expect(String(cipher)).toBe('cipher');
  for (const absent of ['log', 'nameless']) expect(schema.getType(absent)).toBeUndefined();
});

test('a role sees the relations, columns and verbs it has privileges on, and no others', async () => {
  const anon = await schemaOf('anon');
  const user = await schemaOf('authenticated');
  expect(anon.getType('vault')).toBeUndefined();
  expect(user.getType('vault')).toBeDefined();
  const fieldsOf = (schema: typeof anon, type: string): readonly string[] => {
    const found = schema.getType(type);
    return found !== undefined && 'getFields' in found ? Object.keys(found.getFields()) : [];
  };
  expect(fieldsOf(anon, 'rating')).toEqual(['nodeId', 'account_id', 'blog_id', 'account', 'blog']);
  expect(fieldsOf(user, 'rating')).toContain('stars');
  expect(fieldsOf(anon, 'ratingFilter')).not.toContain('stars');
  expect(fieldsOf(anon, 'ratingOrderBy')).not.toContain('stars');
  expect(fieldsOf(anon, 'Mutation')).not.toContain('insertIntoratingCollection');
  expect(fieldsOf(user, 'Mutation')).toContain('insertIntoratingCollection');
  expect(fieldsOf(user, 'postInsertInput')).not.toContain('upper_title');
  expect(fieldsOf(user, 'postInsertInput')).not.toContain('id');
});

function refusal(message: string) {
  return { errors: [{ message: expect.stringContaining(message), locations: expect.any(Array) }] };
}

test('what a role may not see cannot be named, filtered or ordered by', async () => {
  expect(await ask('{ vaultCollection { edges { node { id } } } }', 'anon')).toEqual(
    refusal('Cannot query field "vaultCollection" on type "Query".'),
  );
  expect(await ask('{ ratingCollection { edges { node { stars } } } }', 'anon')).toEqual(
    refusal('Cannot query field "stars" on type "rating".'),
  );
  expect(await ask('{ ratingCollection(filter: {stars: {gt: 1}}) { edges { cursor } } }', 'anon')).toEqual(
    refusal('Expected value of type "ratingFilter" not to include unknown field "stars", found: { stars: { gt: 1 } }.'),
  );
  const vaultRow = Buffer.from('["public", "vault", 1]').toString('base64');
  expect(await ask(`{ node(nodeId: "${vaultRow}") { nodeId } }`, 'anon')).toEqual({ data: { node: null } });
  expect(await ask(`{ node(nodeId: "${vaultRow}") { nodeId } }`, 'authenticated')).toEqual({
    data: { node: { nodeId: vaultRow } },
  });
});

test('rows a policy hides are in no page, count, relation or write', async () => {
  const query = '{ vaultCollection { edges { node { id } } pageInfo { hasNextPage } } vaultByPk(id: 3) { code } }';
  expect(await ask(query, 'authenticated')).toEqual({
    data: {
      vaultCollection: { edges: [{ node: { id: 1 } }, { node: { id: 2 } }], pageInfo: { hasNextPage: false } },
      vaultByPk: null,
    },
  });
  expect(
    await ask(
      'mutation { updatevaultCollection(set: {hint: "x"}, filter: {id: {eq: 3}}) { affectedCount } }',
      'authenticated',
    ),
  ).toEqual({
    data: { updatevaultCollection: { affectedCount: 0 } },
  });
  expect(
    await ask('mutation { insertIntovaultCollection(objects: [{id: 9}]) { affectedCount } }', 'authenticated'),
  ).toEqual({
    data: null,
    errors: [
      { message: 'new row violates row-level security policy for table "vault"', extensions: { code: '42501' } },
    ],
  });
});

test('a privilege that is given or taken shows at once in the schema', async () => {
  const query = '{ vaultCollection { edges { node { id } } } }';
  await app.project.sql('grant select on vault to anon');
  await expect.poll(() => ask(query, 'anon')).toEqual({ data: { vaultCollection: { edges: [] } } });
  await app.project.sql('revoke select on vault from anon');
  await expect
    .poll(() => ask(query, 'anon'))
    .toMatchObject({ errors: [{ message: /^Cannot query field "vaultCollection"/ }] });
});

test('the claims of the caller are there for functions and policies', async () => {
  await app.project.sql(`create function who() returns text language sql stable as
    $$ select current_user || ' ' || (current_setting('request.jwt.claims')::json ->> 'sub') || ' ' || current_setting('request.method') $$;
    grant execute on function who() to authenticated`);
  await expect
    .poll(async () => (await app.graphql({ query: '{ who }', role: 'authenticated', sub: 'me' })).json)
    .toEqual({ data: { who: 'authenticated me POST' } });
});

test('comments of the schema inflect names and switch introspection off', async () => {
  await app.project.sql(`comment on schema public is '@graphql({"inflect_names": true, "introspection": false})'`);
  await expect
    .poll(() => ask('{ blogOwnerCollection(first: 1) { edges { node { accountId __typename } } } }', 'anon'))
    .toEqual({ data: { blogOwnerCollection: { edges: [{ node: { accountId: 1, __typename: 'BlogOwner' } }] } } });
  expect(await ask('{ __schema { queryType { name } } }', 'anon')).toMatchObject({
    errors: [{ message: expect.stringContaining('introspection has been disabled') }, expect.anything()],
  });
  await app.project.sql('comment on schema public is null');
});
