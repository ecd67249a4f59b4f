import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDataApp, type DataApp, type GraphqlAsk } from '../data-app.fixture.ts';
import { SHOP } from './shop.fixture.ts';

let app: DataApp;

beforeAll(async () => {
  app = await createDataApp(SHOP);
});

afterAll(() => app[Symbol.asyncDispose]());

async function ask(query: string, more: Omit<GraphqlAsk, 'query'> = {}): Promise<unknown> {
  const { json, status } = await app.graphql({ query, ...more });
  expect(status).toBe(200);
  return json;
}

async function titles(where = 'true'): Promise<readonly string[]> {
  const rows = await app.project.sql<{ title: string }>(`select title from post where ${where} order by id`);
  return rows.map(({ title }) => title);
}

test('rows are inserted, what an object leaves out takes its default, and the records are read with what they lead to', async () => {
  expect(
    await ask(`mutation { insertIntopostCollection(objects: [
      {title: "One", blog_id: 1, length: 4}, {title: "Two"}, {title: "Three", length: null}]) {
      affectedCount records { title upper_title length blog { title owner { email } } } } }`),
  ).toEqual({
    data: {
      insertIntopostCollection: {
        affectedCount: 3,
        records: [
          { title: 'One', upper_title: 'ONE', length: 4, blog: { title: 'Engines', owner: { email: 'ada@x.org' } } },
          { title: 'Two', upper_title: 'TWO', length: 3, blog: null },
          { title: 'Three', upper_title: 'THREE', length: null, blog: null },
        ],
      },
    },
  });
});

test('values of every kind are written as they are read', async () => {
  const object = {
    email: 'o\'brien\\"@x.org',
    mood: 'happy',
    cipher: 'AES_256',
    age: 1,
    balance: '9007199254740995',
    rate: '0.10',
    score: 2.25,
    active: true,
    born: '2000-02-29',
    seen: '2024-01-02T03:04:05.000006+00:00',
    wakes: '23:59:59',
    secretToken: '00000000-0000-0000-0000-0000000000ff',
    meta: '{"a": [null, "é"]}',
    raw: '{"b":  1}',
    tags: ['a,b', '"', null, '\\', 'NULL', ''],
    span: '[1,9)',
  };
  const query = `mutation ($o: accountInsertInput!) { insertIntoaccountCollection(objects: [$o]) { records { ${Object.keys(object).join(' ')} initials } } }`;
  expect(await ask(query, { variables: { o: object } })).toEqual({
    data: { insertIntoaccountCollection: { records: [{ ...object, initials: "O'" }] } },
  });
  await app.project.sql(`delete from account where age = 1`);
});

test('an update changes what its filter finds, and answers with the new rows', async () => {
  expect(
    await ask(`mutation { updatepostCollection(set: {title: "Alpha 2", editor_id: null}, filter: {title: {eq: "Alpha"}}) {
      affectedCount records { nodeId title upper_title corrector { id } __typename } __typename } }`),
  ).toEqual({
    data: {
      updatepostCollection: {
        affectedCount: 1,
        records: [
          {
            nodeId: 'WyJwdWJsaWMiLCAicG9zdCIsIDFd',
            title: 'Alpha 2',
            upper_title: 'ALPHA 2',
            corrector: null,
            __typename: 'post',
          },
        ],
        __typename: 'postUpdateResponse',
      },
    },
  });
});

describe('a write that meets more rows than it may', () => {
  test.each([
    ['update', 'updatepostCollection(set: {length: 1}, filter: {id: {lt: 3}})'],
    ['update', 'updatepostCollection(set: {length: 1}, atMost: 2)'],
    ['delete', 'deleteFrompostCollection(filter: {id: {lt: 3}})'],
    ['delete', 'deleteFrompostCollection(filter: {id: {lt: 4}}, atMost: 2)'],
  ])('is an error and changes nothing: %s, %s', async (verb, field) => {
    const before = await app.project.sql('select * from post order by id');
    expect(await ask(`mutation { many: ${field} { affectedCount } }`)).toEqual({
      errors: [{ message: `${verb} impacts too many records`, path: ['many'] }],
    });
    expect(await app.project.sql('select * from post order by id')).toEqual(before);
  });

  test('undoes the writes before it', async () => {
    const { errors } = (await ask(`mutation {
      insertIntopostCollection(objects: [{title: "Undone"}]) { affectedCount }
      deleteFrompostCollection(atMost: 1) { affectedCount } }`)) as { errors: unknown };
    expect(errors).toEqual([{ message: 'delete impacts too many records', path: ['deleteFrompostCollection'] }]);
    expect(await titles(`title = 'Undone'`)).toEqual([]);
  });
});

test('a delete answers with the rows that were', async () => {
  await app.project.sql(`insert into post (title) values ('Gone'), ('Gone')`);
  expect(
    await ask(
      'mutation { deleteFrompostCollection(filter: {title: {eq: "Gone"}}, atMost: 2) { affectedCount records { title } } }',
    ),
  ).toEqual({
    data: { deleteFrompostCollection: { affectedCount: 2, records: [{ title: 'Gone' }, { title: 'Gone' }] } },
  });
  expect(await titles(`title = 'Gone'`)).toEqual([]);
});

test('writes of a request happen one after the other, in one transaction', async () => {
  expect(
    await ask(`mutation {
      __typename
      insertIntopostCollection(objects: [{title: "Step 1"}]) { affectedCount }
      first: updatepostCollection(set: {title: "Step 2"}, filter: {title: {eq: "Step 1"}}) { records { title } }
      second: updatepostCollection(set: {title: "Step 3"}, filter: {title: {eq: "Step 2"}}) { records { title } }
      next_number(step: 1) }`),
  ).toEqual({
    data: {
      __typename: 'Mutation',
      insertIntopostCollection: { affectedCount: 1 },
      first: { records: [{ title: 'Step 2' }] },
      second: { records: [{ title: 'Step 3' }] },
      next_number: 2,
    },
  });
  const { errors } = (await ask(`mutation {
    insertIntopostCollection(objects: [{title: "Half"}]) { affectedCount }
    insertIntoblogCollection(objects: [{id: 1, owner_id: 1, title: "Taken"}]) { affectedCount } }`)) as {
    errors: object[];
  };
  expect(errors).toEqual([
    { message: 'duplicate key value violates unique constraint "blog_pkey"', extensions: { code: '23505' } },
  ]);
  expect(await titles(`title = 'Half'`)).toEqual([]);
});

test('a volatile function is a field of a mutation, and its row leads on', async () => {
  expect(await ask('mutation { rename_blog(id: 3, title: "Stones") { title owner { email } } }')).toEqual({
    data: { rename_blog: { title: 'Stones', owner: { email: 'bob@x.org' } } },
  });
});

test('a project that keeps nothing answers as if it did', async () => {
  app.configure({ transactionEnd: 'rollback' });
  const one = 'insertIntopostCollection(objects: [{title: "Kept?"}]) { records { title } }';
  const answer = { records: [{ title: 'Kept?' }] };
  expect(await ask(`mutation { ${one} }`)).toEqual({ data: { insertIntopostCollection: answer } });
  expect(await ask(`mutation { ${one} b: ${one} }`)).toEqual({ data: { insertIntopostCollection: answer, b: answer } });
  app.configure({ transactionEnd: 'commit' });
  expect(await titles(`title = 'Kept?'`)).toEqual([]);
});

test('an insert beyond any bound is refused, one of a thousand rows is not', async () => {
  const objects = Array.from({ length: 1000 }, (_unused, index) => ({ title: `Bulk ${index}` }));
  const query = 'mutation ($o: [postInsertInput!]!) { insertIntopostCollection(objects: $o) { affectedCount } }';
  expect(await ask(query, { variables: { o: objects } })).toEqual({
    data: { insertIntopostCollection: { affectedCount: 1000 } },
  });
  await app.project.sql(`delete from post where title like 'Bulk %'`);
  const many = Array.from({ length: 61_000 }, () => ({ title: 'x' }));
  expect(await ask(query, { variables: { o: many } })).toEqual({
    errors: [
      { message: 'An insert of 61000 objects with 1 fields is too large; at most 60000 values are written at once' },
    ],
  });
});
