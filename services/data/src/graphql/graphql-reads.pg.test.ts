import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDataApp, type DataApp, type GraphqlAsk } from '../data-app.fixture.ts';
import { SHOP } from './shop.fixture.ts';

let app: DataApp;

beforeAll(async () => {
  app = await createDataApp(SHOP);
});

afterAll(() => app[Symbol.asyncDispose]());

async function data(query: string, more: Omit<GraphqlAsk, 'query'> = {}): Promise<unknown> {
  const { json, status, headers } = await app.graphql({ query, ...more });
  expect(status).toBe(200);
  expect(headers['content-type']).toBe('application/json; charset=utf-8');
  expect(json).toHaveProperty('data');
  return (json as { readonly data: unknown }).data;
}

async function firstError(query: string, more: Omit<GraphqlAsk, 'query'> = {}): Promise<string | undefined> {
  const { json } = await app.graphql({ query, ...more });
  return (json as { readonly errors?: readonly { readonly message: string }[] }).errors?.[0]?.message;
}

test('every kind of column is shown in the form of its scalar', async () => {
  const fields = 'id email mood cipher age balance rate score active born seen wakes secretToken meta raw tags span';
  expect(await data(`{ accountByPk(id: 1) { ${fields} } }`)).toEqual({
    accountByPk: {
      id: 1,
      email: 'ada@x.org',
      mood: 'ok',
      cipher: 'AES_128',
      age: 36,
      balance: '9007199254740993',
      rate: '1.10',
      score: 0.5,
      active: true,
      born: '1815-12-10',
      seen: '2024-01-02T03:04:05+00:00',
      wakes: '06:30:00',
      secretToken: '00000000-0000-0000-0000-00000000000a',
      meta: '{"k": [1, 2]}',
      raw: '{"r": 1}',
      tags: ['x', 'y'],
      span: '[1,5)',
    },
  });
});

describe('a filter finds', () => {
  test.each([
    ['id: {eq: 1}', [1]],
    ['id: {neq: 1}', [2, 3]],
    ['age: {gt: 20}', [1]],
    ['age: {gte: 20}', [1, 2]],
    ['age: {lt: 36}', [2]],
    ['age: {lte: 36}', [1, 2]],
    ['id: {in: [1, 3]}', [1, 3]],
    ['id: {in: []}', []],
    ['mood: {is: NULL}', [3]],
    ['mood: {is: NOT_NULL}', [1, 2]],
    ['mood: {eq: happy}', [2]],
    ['mood: {in: [ok, happy]}', [1, 2]],
    ['cipher: {eq: AES_256}', [2]],
    ['email: {startsWith: "ad"}', [1]],
    ['email: {like: "%o%@%"}', [2]],
    ['email: {ilike: "ADA%"}', [1]],
    ['email: {regex: "^b"}', [2]],
    ['email: {iregex: "^B"}', [2]],
    ['email: {startsWith: "cy%"}', [3]],
    ['balance: {eq: "9007199254740993"}', [1]],
    ['balance: {eq: 9007199254740993}', [1]],
    ['rate: {gt: "1.1"}', [2]],
    ['score: {lt: 1}', [1]],
    ['active: {eq: false}', [2]],
    ['born: {lt: "1900-01-01"}', [1]],
    ['seen: {gt: "2024-02-01T00:00:00Z"}', [2]],
    ['wakes: {lte: "06:30"}', [1]],
    ['secretToken: {eq: "00000000-0000-0000-0000-00000000000B"}', [2]],
    ['meta: {contains: "{\\"k\\": [2]}"}', [1]],
    ['meta: {containedBy: "{\\"k\\": [1, 2, 3]}"}', [1, 2]],
    ['tags: {contains: ["x"]}', [1]],
    ['tags: {contains: "y"}', [1, 2]],
    ['tags: {containedBy: ["y", "z"]}', [2]],
    ['tags: {overlaps: ["x", "q"]}', [1]],
    ['tags: {eq: ["x", "y"]}', [1]],
    ['span: {eq: "[5,9)"}', [2]],
    ['nodeId: {eq: "WyJwdWJsaWMiLCAiYWNjb3VudCIsIDJd"}', [2]],
    ['nodeId: {eq: "WyJwdWJsaWMiLCAiYmxvZyIsIDJd"}', []],
    ['age: {gt: 10, lt: 30}', [2]],
    ['or: [{id: {eq: 1}}, {id: {eq: 3}}]', [1, 3]],
    ['and: [{id: {gt: 1}}, {id: {lt: 3}}]', [2]],
    ['not: {id: {eq: 1}}', [2, 3]],
    ['or: [{and: [{age: {gt: 30}}, {active: {eq: true}}]}, {not: {email: {like: "%x.org"}}}]', [1]],
    ['id: {eq: null}', []],
    ['or: []', [1, 2, 3]],
    ['not: {}', [1, 2, 3]],
    ['id: {}', [1, 2, 3]],
  ])('%s', async (filter, ids) => {
    const found = await data(`{ accountCollection(filter: {${filter}}) { edges { node { id } } } }`);
    expect(found).toEqual({ accountCollection: { edges: ids.map((id) => ({ node: { id } })) } });
  });
});

test('relations lead both ways, by the names of columns, tables and comments', async () => {
  expect(
    await data(`{ blogByPk(id: 1) {
      owner { email passport { country } }
      blog { id } blogCollection { edges { node { title parent } } }
      postCollection(orderBy: [{title: DescNullsLast}]) { edges { node { title author { email } corrector { email } } } }
      ratingCollection { edges { node { stars account { email } } } } } }`),
  ).toEqual({
    blogByPk: {
      owner: { email: 'ada@x.org', passport: { country: 'UK' } },
      blog: null,
      blogCollection: { edges: [{ node: { title: 'Looms', parent: 1 } }, { node: { title: 'Bricks', parent: 1 } }] },
      postCollection: {
        edges: [
          { node: { title: 'Beta', author: { email: 'ada@x.org' }, corrector: null } },
          { node: { title: 'Alpha', author: { email: 'ada@x.org' }, corrector: { email: 'bob@x.org' } } },
        ],
      },
      ratingCollection: { edges: [{ node: { stars: 4, account: { email: 'bob@x.org' } } }] },
    },
  });
  expect(
    await data(
      `{ accountByPk(id: 1) { corrections { edges { node { title } } } ownedBlogs { edges { node { title person { email } } } } } }`,
    ),
  ).toEqual({
    accountByPk: {
      corrections: { edges: [{ node: { title: 'Gamma' } }] },
      ownedBlogs: {
        edges: [
          { node: { title: 'Engines', person: { email: 'ada@x.org' } } },
          { node: { title: 'Looms', person: { email: 'ada@x.org' } } },
        ],
      },
    },
  });
});

test('computed fields and relations are functions of the row', async () => {
  expect(
    await data(
      `{ accountCollection(first: 2) { edges { node { initials first_blog { title } long_posts { edges { node { title } } } } } } }`,
    ),
  ).toEqual({
    accountCollection: {
      edges: [
        {
          node: {
            initials: 'AD',
            first_blog: { title: 'Engines' },
            long_posts: { edges: [{ node: { title: 'Beta' } }] },
          },
        },
        {
          node: {
            initials: 'BO',
            first_blog: { title: 'Bricks' },
            long_posts: { edges: [{ node: { title: 'Gamma' } }] },
          },
        },
      ],
    },
  });
});

test('functions that change nothing are fields of a query', async () => {
  expect(
    await data(`{ double_it(x: 4) three: double_it(x: 1, y: 3) biggest(a: "9007199254740993") many(a: [1, 2])
      account_by_email(mail: "bob@x.org") { id } nobody: account_by_email(mail: "") { id }
      accounts_with(tag: "y", orderBy: [{id: DescNullsLast}], first: 1) { totalCount edges { node { id } } } }`),
  ).toEqual({
    double_it: 8,
    three: 3,
    biggest: '9007199254740994',
    many: 2,
    account_by_email: { id: 2 },
    nobody: null,
    accounts_with: { totalCount: 2, edges: [{ node: { id: 2 } }] },
  });
});

test('a node is found by its id, whatever its type', async () => {
  const { accountByPk } = (await data('{ accountByPk(id: 2) { nodeId } }')) as { accountByPk: { nodeId: string } };
  const query =
    'query ($id: ID!) { node(nodeId: $id) { __typename nodeId ... on account { email } ... on blog { title } } }';
  expect(await data(query, { variables: { id: accountByPk.nodeId } })).toEqual({
    node: { __typename: 'account', nodeId: accountByPk.nodeId, email: 'bob@x.org' },
  });
  const unknown = Buffer.from('["pg_catalog", "pg_authid", 10]').toString('base64');
  expect(await data(query, { variables: { id: unknown } })).toEqual({ node: null });
});

test('aggregates and counts see what the filter lets through, whatever the page', async () => {
  expect(
    await data(`{ accountCollection(first: 1, filter: {age: {gt: 0}}) { totalCount aggregate {
      count sum { age balance score } avg { age } min { email born } max { seen } } } }`),
  ).toEqual({
    accountCollection: {
      totalCount: 2,
      aggregate: {
        count: 2,
        sum: { age: '56', balance: '9007199254740998', score: 2 },
        avg: { age: '28.0000000000000000' },
        min: { email: 'ada@x.org', born: '1815-12-10' },
        max: { seen: '2024-05-05T00:00:00+00:00' },
      },
    },
  });
});

test('fragments, aliases, variables and directives shape the answer', async () => {
  const query = `
    query Named($first: Int = 1, $full: Boolean!, $where: accountFilter) {
      people: accountCollection(first: $first, filter: $where) { edges { node { ...Short email @include(if: $full) } } }
      ...Root
    }
    fragment Short on account { key: id ... on Node { __typename } ... @skip(if: $full) { mood } }
    fragment Root on Query { __typename }`;
  expect(await data(query, { variables: { full: true } })).toEqual({
    people: { edges: [{ node: { key: 1, __typename: 'account', email: 'ada@x.org' } }] },
    __typename: 'Query',
  });
  expect(await data(query, { variables: { full: false, first: 2, where: { id: { gt: 1 } } } })).toEqual({
    people: {
      edges: [
        { node: { key: 2, __typename: 'account', mood: 'happy' } },
        { node: { key: 3, __typename: 'account', mood: null } },
      ],
    },
    __typename: 'Query',
  });
});

test('an object whose every field is skipped is empty', async () => {
  expect(await data('{ blogByPk(id: 1) @skip(if: true) { id } }')).toEqual({});
  expect(
    await data('{ blogByPk(id: 1) { id @skip(if: true) } none: blogByPk(id: 99) { id @skip(if: true) } }'),
  ).toEqual({
    blogByPk: {},
    none: null,
  });
  const query =
    '{ blogCollection { edges @include(if: false) { cursor } } passportCollection { edges { node { country @skip(if: true) } } } }';
  expect(await data(query)).toEqual({ blogCollection: {}, passportCollection: { edges: [{ node: {} }] } });
});

test('an object has as many fields as it is asked for', async () => {
  const aliases = Array.from({ length: 120 }, (_unused, index) => `f${index}`);
  const { blogByPk } = (await data(`{ blogByPk(id: 1) { ${aliases.map((alias) => `${alias}: id`).join(' ')} } }`)) as {
    blogByPk: object;
  };
  expect(Object.keys(blogByPk)).toEqual(aliases);
});

test('equal keys are merged, and keep the order they were asked for', async () => {
  const { text } = await app.graphql({ query: '{ blogByPk(id: 1) { title } blogByPk(id: 1) { id title } }' });
  expect(text).toBe('{"data":{"blogByPk":{"title":"Engines","id":1}}}');
});

test('names longer than those of PostgreSQL are whole in the answer', async () => {
  const long = 'n'.repeat(100);
  expect(await data(`{ blogByPk(id: 1) { ${long}: title } ${long}: __typename }`)).toEqual({
    blogByPk: { [long]: 'Engines' },
    [long]: 'Query',
  });
});

describe('a page', () => {
  test.each([
    ['first: 2', [1, 2], true, false],
    ['first: 3', [1, 2, 3], false, false],
    ['first: 1, after: "WzFd"', [2], true, true],
    ['first: 5, after: "WzNd"', [], false, true],
    ['first: 1, offset: 1', [2], true, true],
    ['last: 1', [3], false, true],
    ['last: 1, before: "WzNd"', [2], true, true],
    ['before: "WzNd"', [1, 2], true, false],
    ['first: 0', [], true, false],
  ])('of %s has its rows and knows of its neighbours', async (args, ids, hasNextPage, hasPreviousPage) => {
    const { accountCollection } = (await data(
      `{ accountCollection(${args}) { edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`,
    )) as { accountCollection: { edges: { cursor: string; node: { id: number } }[]; pageInfo: unknown } };
    const { edges, pageInfo } = accountCollection;
    expect(edges.map(({ node }) => node.id)).toEqual(ids);
    expect(pageInfo).toEqual({
      hasNextPage,
      hasPreviousPage,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    });
  });

  test.each([
    ['first: 1, last: 1', 'only one of "first" and "last" may be provided'],
    ['before: "WzFd", after: "WzFd"', 'only one of "before" and "after" may be provided'],
    ['first: 1, before: "WzFd"', '"first" may only be used with "after"'],
    ['last: 1, after: "WzFd"', '"last" may only be used with "before"'],
    ['first: -1', '"first" must not be negative, found -1'],
    ['after: "nonsense"', 'A cursor does not fit the order of its collection: it must be passed on as it came'],
  ])('of %s is refused', async (args, message) => {
    expect(await firstError(`{ accountCollection(${args}) { edges { cursor } } }`)).toBe(message);
  });

  const directions = fc.constantFrom('AscNullsFirst', 'AscNullsLast', 'DescNullsFirst', 'DescNullsLast');
  const columns = ['mood', 'age', 'balance', 'score', 'seen', 'email', 'active', 'born', 'rate'];
  const order = fc.uniqueArray(fc.tuple(fc.constantFrom(...columns), directions), {
    maxLength: 3,
    selector: ([name]) => name,
  });

  test('after page gives each row once, forwards and backwards', async () => {
    await app.project.sql(`insert into account (id, email, mood, age, balance, score, seen, active, born, rate)
      select g, 'p' || g % 5, (array['sad', 'ok', null]::mood[])[1 + g % 3], nullif(g % 4, 0), g % 3 * 10000000000000001,
        case when g % 3 > 0 then 1 / (g % 3 + 0.1) end, timestamptz '2024-01-01' + g % 4 * interval '1.000001 s',
        (array[true, false, null])[1 + g % 3], case when g % 2 = 0 then date '2000-01-01' + g % 3 end, g % 3 / 7.0
      from generate_series(100, 140) g`);
    await fc.assert(
      fc.asyncProperty(order, fc.integer({ min: 3, max: 20 }), fc.boolean(), async (terms, size, forward) => {
        const orderBy = `[${terms.map(([name, direction]) => `{${name}: ${direction}}`).join(', ')}]`;
        const pages: number[][] = [];
        for (let cursor: string | null = null, more = true; more;) {
          const at: string = cursor === null ? '' : `, ${forward ? 'after' : 'before'}: "${cursor}"`;
          const { page } =
            (await data(`{ page: accountCollection(${forward ? 'first' : 'last'}: ${size}${at}, orderBy: ${orderBy}) {
            edges { node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`)) as {
              page: { edges: { node: { id: number } }[]; pageInfo: Record<string, string> };
            };
          const ids = page.edges.map(({ node }) => node.id);
          if (forward) pages.push(ids);
          else pages.unshift(ids);
          more = Boolean(page.pageInfo[forward ? 'hasNextPage' : 'hasPreviousPage']);
          cursor = page.pageInfo[forward ? 'endCursor' : 'startCursor'] ?? null;
          if (pages.length > 30) throw new Error('The pages do not end');
        }
        const sqlOrder = [
          ...terms.map(([name, direction]) => `${name} ${direction.replace(/^(Asc|Desc)Nulls(.*)$/, '$1 nulls $2')}`),
          'id',
        ];
        const rows = await app.project.sql<{ id: number }>(`select id from account order by ${sqlOrder.join(', ')}`);
        expect(pages.flat()).toEqual(rows.map(({ id }) => id));
      }),
      { numRuns: 40, seed: 7 },
    );
    await app.project.sql('delete from account where id >= 100');
  });
});

test('a page is never larger than its table says', async () => {
  await app.project.sql(`create table many_rows (id int primary key); grant select on many_rows to anon;
    comment on table many_rows is '@graphql({"max_rows": 4})'; insert into many_rows select generate_series(1, 9)`);
  await expect
    .poll(async () =>
      app
        .graphql({ query: '{ many_rowsCollection(first: 8) { edges { node { id } } } }', role: 'anon' })
        .then(({ text }) => text.match(/"id"/g)?.length),
    )
    .toBe(4);
});
