import { startServer, type RunningServer } from '@ashlar/testing';
import { createClient } from '@supabase/supabase-js';
import { cacheExchange, Client, fetchExchange, gql } from '@urql/core';
import {
  buildClientSchema,
  getIntrospectionQuery,
  type GraphQLSchema,
  type IntrospectionQuery,
  isInterfaceType,
  isObjectType,
  validateSchema,
} from 'graphql';
import { afterAll, beforeAll, expect, test } from 'vitest';

const SCHEMA = `
  create table lists (id bigint generated always as identity primary key, owner uuid not null default auth.uid(), title text not null);
  create table todos (
    id bigint generated always as identity primary key, list_id bigint not null references lists,
    task text not null check (length(task) < 20), done boolean not null default false);
  alter table lists enable row level security;
  create policy own on lists to authenticated using (owner = auth.uid());
  alter table todos enable row level security;
  create policy own on todos to authenticated using (exists (select from lists l where l.id = list_id));
`;

let server: RunningServer;

beforeAll(async () => {
  server = await startServer();
  await server.sql(SCHEMA);
});
afterAll(async () => {
  await server?.stop();
});

interface Reader {
  readonly client: Client;
  /** Requests that went to the server so far. */
  readonly requests: () => number;
}

/** urql as an application sets it up: its document cache, and a session's token. */
async function signedIn(email: string): Promise<Reader> {
  const supabase = createClient(server.url, server.publishableKey, {
    auth: { persistSession: false, autoRefreshToken: false },
  });
  const { data } = await supabase.auth.signUp({ email, password: 'correct horse battery' });
  let requests = 0;
  const client = new Client({
    url: `${server.url}/graphql/v1`,
    preferGetMethod: false,
    exchanges: [cacheExchange, fetchExchange],
    fetchOptions: {
      headers: { apikey: server.publishableKey, authorization: `Bearer ${data.session?.access_token ?? ''}` },
    },
    fetch: (input, init) => {
      requests += 1;
      return fetch(input, init);
    },
  });
  return { client, requests: () => requests };
}

const ADD_LIST = gql<{ insertIntolistsCollection: { records: { id: string; nodeId: string }[] } }, { title: string }>`
  mutation AddList($title: String!) {
    insertIntolistsCollection(objects: [{ title: $title }]) {
      records {
        id
        nodeId
      }
    }
  }
`;
const ADD_TODOS = gql<{ insertIntotodosCollection: { affectedCount: number } }, { objects: object[] }>`
  mutation AddTodos($objects: [todosInsertInput!]!) {
    insertIntotodosCollection(objects: $objects) {
      affectedCount
      records {
        id
      }
    }
  }
`;
const PAGE = gql<{ todosCollection: Page }, { first: number; after?: string | null }>`
  query Todos($first: Int!, $after: Cursor) {
    todosCollection(first: $first, after: $after, orderBy: [{ task: DescNullsLast }]) {
      edges {
        cursor
        node {
          id
          task
          list {
            title
          }
        }
      }
      pageInfo {
        hasNextPage
        hasPreviousPage
        startCursor
        endCursor
      }
    }
  }
`;

interface Page {
  readonly edges: readonly { cursor: string; node: { id: string; task: string; list: { title: string } } }[];
  readonly pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; startCursor: string; endCursor: string };
}

async function withTodos(email: string): Promise<Reader & { readonly listNode: string; readonly listId: string }> {
  const reader = await signedIn(email);
  const { data, error } = await reader.client.mutation(ADD_LIST, { title: 'Home' }).toPromise();
  expect(error).toBeUndefined();
  const [list] = data?.insertIntolistsCollection.records ?? [];
  const objects = Array.from({ length: 7 }, (_unused, index) => ({ list_id: list?.id, task: `task ${index}` }));
  const added = await reader.client.mutation(ADD_TODOS, { objects }).toPromise();
  expect(added.data?.insertIntotodosCollection.affectedCount).toBe(7);
  return { ...reader, listNode: list?.nodeId ?? '', listId: list?.id ?? '' };
}

test('urql reads a collection page by page through its cursors', async () => {
  const { client } = await withTodos('pages@example.org');
  const tasks: string[] = [];
  const sizes: number[] = [];
  let after: string | null = null;
  for (;;) {
    const page: Page | undefined = (await client.query(PAGE, { first: 3, after }).toPromise()).data?.todosCollection;
    tasks.push(...(page?.edges.map(({ node }) => `${node.list.title}: ${node.task}`) ?? []));
    sizes.push(page?.edges.length ?? 0);
    expect(page?.pageInfo).toMatchObject({
      hasPreviousPage: after !== null,
      startCursor: page?.edges[0]?.cursor,
      endCursor: page?.edges.at(-1)?.cursor,
    });
    if (page?.pageInfo.hasNextPage !== true) break;
    after = page.pageInfo.endCursor;
  }
  expect(sizes).toEqual([3, 3, 1]);
  expect(tasks).toEqual([6, 5, 4, 3, 2, 1, 0].map((index) => `Home: task ${index}`));
});

test('its cache answers a repeated query, until a mutation touches the type', async () => {
  const { client, requests, listId } = await withTodos('cache@example.org');
  const read = async (): Promise<number | undefined> =>
    (await client.query(PAGE, { first: 30 }).toPromise()).data?.todosCollection.edges.length;
  expect(await read()).toBe(7);
  const before = requests();
  expect(await read()).toBe(7);
  expect(requests()).toBe(before);
  await client.mutation(ADD_TODOS, { objects: [{ list_id: listId, task: 'one more' }] }).toPromise();
  expect(await read()).toBe(8);
});

test('errors come as urql tells them, and rows of others do not come at all', async () => {
  const { client, listId } = await withTodos('errors@example.org');
  const objects = [{ list_id: listId, task: 'x'.repeat(30) }];
  const refused = await client.mutation(ADD_TODOS, { objects }).toPromise();
  expect(refused.data).toBeNull();
  expect(refused.error?.networkError).toBeUndefined();
  expect(refused.error?.graphQLErrors).toMatchObject([
    { message: expect.stringContaining('violates check constraint'), extensions: { code: '23514' } },
  ]);
  const misspelt = await client
    .query(
      gql`
        {
          todosCollection {
            edges {
              node {
                tusk
              }
            }
          }
        }
      `,
      {},
    )
    .toPromise();
  expect(misspelt.error?.graphQLErrors[0]).toMatchObject({
    message: expect.stringContaining('Cannot query field "tusk" on type "todos"'),
    originalError: { locations: [{ line: expect.any(Number), column: expect.any(Number) }] },
  });
  const unsuitable = await client.query(PAGE, { first: 'many' as unknown as number }).toPromise();
  expect(unsuitable.error?.graphQLErrors[0]?.message).toContain('$first');

  const other = await signedIn('other@example.org');
  expect((await other.client.query(PAGE, { first: 30 }).toPromise()).data?.todosCollection.edges).toEqual([]);
  const notMine = await other.client.mutation(ADD_TODOS, { objects: [{ list_id: listId, task: 'mine' }] }).toPromise();
  expect(notMine.error?.graphQLErrors).toMatchObject([{ extensions: { code: '42501' } }]);
});

test('a row is found again by its nodeId, as Relay refetches it', async () => {
  const { client, listNode } = await withTodos('relay@example.org');
  const NODE = gql<{ node: object | null }, { nodeId: string }>`
    query Refetch($nodeId: ID!) {
      node(nodeId: $nodeId) {
        __typename
        nodeId
        ... on lists {
          title
          todosCollection(first: 1) {
            edges {
              node {
                nodeId
              }
            }
          }
        }
      }
    }
  `;
  const found = await client.query(NODE, { nodeId: listNode }).toPromise();
  expect(found.data?.node).toMatchObject({
    __typename: 'lists',
    nodeId: listNode,
    title: 'Home',
    todosCollection: { edges: [{ node: { nodeId: expect.any(String) } }] },
  });
  const stranger = await signedIn('stranger@example.org');
  expect((await stranger.client.query(NODE, { nodeId: listNode }).toPromise()).data?.node).toBeNull();
});

test('its schema is read by standard tools, and keeps the conventions of Relay', async () => {
  const schema = await introspected();
  expect(validateSchema(schema)).toEqual([]);
  const node = schema.getType('Node');
  expect(isInterfaceType(node) && schema.getPossibleTypes(node).map(({ name }) => name)).toEqual(
    expect.arrayContaining(['lists', 'todos']),
  );
  expect(fieldsOf(schema, 'Query')).toMatchObject({ node: 'Node', todosCollection: 'todosConnection' });
  expect(schema.getQueryType()?.getFields()['node']?.args.map(String)).toEqual(['Query.node(nodeId:)']);
  expect(fieldsOf(schema, 'todosConnection')).toEqual({ edges: '[todosEdge!]!', pageInfo: 'PageInfo!' });
  expect(fieldsOf(schema, 'todosEdge')).toEqual({ cursor: 'String!', node: 'todos!' });
  expect(fieldsOf(schema, 'PageInfo')).toEqual({
    hasNextPage: 'Boolean!',
    hasPreviousPage: 'Boolean!',
    startCursor: 'String',
    endCursor: 'String',
  });
});

async function introspected(): Promise<GraphQLSchema> {
  const query = getIntrospectionQuery({
    specifiedByUrl: true,
    directiveIsRepeatable: true,
    schemaDescription: true,
    inputValueDeprecation: true,
    oneOf: true,
  });
  const response = await fetch(`${server.url}/graphql/v1`, {
    method: 'POST',
    headers: { apikey: server.secretKey, 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  });
  // What an introspection query answers is checked by the function that reads it.
  const { data } = (await response.json()) as { readonly data: IntrospectionQuery };
  return buildClientSchema(data);
}

function fieldsOf(schema: GraphQLSchema, typeName: string): Readonly<Record<string, string>> {
  const type = schema.getType(typeName);
  if (!isObjectType(type)) return {};
  return Object.fromEntries(Object.entries(type.getFields()).map(([name, field]) => [name, String(field.type)]));
}
