import type { Column, Relation, Relationship, Routine, Snapshot } from '@ashlar/postgres';
import { describe, expect, test } from 'vitest';
import { RoleSchema } from '../execute/graph-schemas.ts';
import { planRoots } from '../execute/plan-roots.ts';
import { describeGraph } from '../schema/describe-graph.ts';
import { compileReads, compileWrite } from './compile-operation.ts';

function column(name: string, type: string, nullable = true): Column {
  return {
    name,
    position: 1,
    type,
    nominalType: type,
    category: 'N',
    isArray: false,
    isComposite: false,
    maxLength: null,
    nullable,
    defaultExpression: null,
    identity: null,
    generated: false,
    updatable: true,
    enumLabels: [],
    comment: null,
  };
}

function table(name: string, columns: readonly Column[], comment: string | null = null): Relation {
  return {
    schema: 'public',
    name,
    kind: 'table',
    columns: new Map(columns.map((each) => [each.name, each])),
    primaryKey: ['id'],
    insertable: true,
    updatable: true,
    deletable: true,
    rowSecurity: false,
    comment,
  };
}

const TODO_USER: Relationship = {
  cardinality: 'many-to-one',
  constraint: 'todo_user_fkey',
  originSchema: 'public',
  origin: 'todo',
  targetSchema: 'public',
  target: 'person',
  columns: [{ origin: 'user_id', target: 'id' }],
  junction: null,
  selfReference: false,
  throughView: false,
  ownsForeignKey: true,
  computedBy: null,
};

const ADD: Routine = {
  schema: 'public',
  name: 'add',
  parameters: [
    { name: 'a', type: 'integer', required: true, variadic: false },
    { name: 'b', type: 'bigint', required: false, variadic: false },
  ],
  result: { kind: 'scalar', type: 'bigint', set: false },
  volatility: 'immutable',
  hasVariadic: false,
  settings: [],
  computedOn: null,
  comment: null,
};

const SNAPSHOT: Snapshot = {
  version: 1,
  relations: new Map([
    [
      'public\0todo',
      table('todo', [column('id', 'integer', false), column('task', 'text'), column('user_id', 'integer')]),
    ],
    [
      'public\0person',
      table(
        'person',
        [column('id', 'integer', false), column('name', 'text')],
        '@graphql({"totalCount": {"enabled": true}})',
      ),
    ],
  ]),
  relationships: new Map([
    ['public\0todo', [TODO_USER]],
    [
      'public\0person',
      [
        {
          ...TODO_USER,
          cardinality: 'one-to-many',
          origin: 'person',
          target: 'todo',
          columns: [{ origin: 'id', target: 'user_id' }],
          ownsForeignKey: false,
        },
      ],
    ],
  ]),
  routines: new Map([['public\0add', [ADD]]]),
  types: new Map(),
  roleSettings: new Map(),
  bypassRoles: new Set(),
  timezones: new Set(),
  schemas: new Set(['public']),
};

const everything = { schema: 'public', select: null, insert: null, update: null, delete: true };
const ROLE = new RoleSchema(
  describeGraph(
    SNAPSHOT,
    {
      relations: [
        { ...everything, name: 'todo' },
        { ...everything, name: 'person' },
      ],
      functions: [{ schema: 'public', name: 'add' }],
      schemaComments: {},
      constraintComments: [],
      typeComments: {},
    },
    ['public'],
  ),
);

function compiled(query: string, variables: Readonly<Record<string, unknown>> = {}) {
  const roots = planRoots(ROLE, ROLE.operation(query, null), { variables });
  const [first] = roots;
  if (first?.kind === 'write') return compileWrite(first.write);
  return compileReads(roots.flatMap((root) => (root.kind === 'read' ? [root.read] : [])));
}

describe('the statement of', () => {
  test.each<[string, string, string, readonly (string | null)[]]>([
    [
      'one row by its key, with what it belongs to',
      '{ todoByPk(id: 5) { task person: user { name } } }',
      `SELECT (SELECT row_to_json("_o".*) FROM (SELECT "t1"."task" AS "task", (SELECT row_to_json("_o".*) FROM (SELECT "t2"."name" AS "name" FROM (SELECT "t2"."name" FROM "public"."person" AS "t2" WHERE "t2"."id" = "t1"."user_id" LIMIT 1) AS "t2") AS "_o") AS "person" FROM (SELECT "t1"."task", "t1"."user_id" FROM "public"."todo" AS "t1" WHERE "t1"."id" = $1 LIMIT 1) AS "t1") AS "_o")`,
      ['5'],
    ],
    [
      'a page of rows',
      '{ personCollection(first: 10, filter: {name: {like: "a%"}}, orderBy: [{name: DescNullsLast}]) { edges { node { id } } } }',
      `SELECT (SELECT (SELECT row_to_json("_o".*) FROM (SELECT coalesce("_page"."_edges", '[]') AS "edges") AS "_o") FROM (SELECT json_agg(row_to_json("_o".*)) AS "_edges" FROM (SELECT row_to_json("_o".*) AS "node" FROM (SELECT "t1"."id" AS "id" FROM (SELECT "t1"."id" FROM "public"."person" AS "t1" WHERE "t1"."name" LIKE $1 ORDER BY "t1"."name" DESC NULLS LAST, "t1"."id" LIMIT 10) AS "t1") AS "_o") AS "_o") AS "_page")`,
      ['a%'],
    ],
    [
      'the page after a cursor, with whether there is another',
      '{ personCollection(first: 2, after: "WzFd") { pageInfo { hasNextPage } totalCount } }',
      `SELECT (SELECT (SELECT row_to_json("_o".*) FROM (SELECT (SELECT row_to_json("_o".*) FROM (SELECT "_page"."_g0" AS "hasNextPage") AS "_o") AS "pageInfo", (SELECT count(*) FROM "public"."person" AS "t2") AS "totalCount") AS "_o") FROM (SELECT count(*) > 2 AS "_g0" FROM (SELECT "t1".*, row_number() OVER () AS "_n" FROM (SELECT NULL AS "_none" FROM "public"."person" AS "t1" WHERE "t1"."id" > $1 ORDER BY "t1"."id" LIMIT 3) AS "t1") AS "t1") AS "_page")`,
      ['1'],
    ],
    ['a function', '{ add(a: 1) }', `SELECT to_json("public"."add"("a" := $1::integer)::text)`, ['1']],
    [
      'an insert',
      'mutation { insertIntotodoCollection(objects: [{id: 1, task: "x"}, {id: 2}]) { records { task } } }',
      `WITH "_result" AS (INSERT INTO "public"."todo" AS "t1" ("id", "task") VALUES ($1, $2), ($3, DEFAULT) RETURNING "t1"."task") SELECT (SELECT row_to_json("_o".*) FROM (SELECT (SELECT coalesce(json_agg((SELECT row_to_json("_o".*) FROM (SELECT "t1"."task" AS "task") AS "_o")), '[]') FROM "_result" AS "t1") AS "records") AS "_o")::text AS "answer"`,
      ['1', 'x', '2'],
    ],
    [
      'a delete',
      'mutation { deleteFromtodoCollection(filter: {id: {in: [1, 2]}}, atMost: 2) { affectedCount } }',
      `WITH "_result" AS (DELETE FROM "public"."todo" AS "t1" WHERE "t1"."id" = ANY ($1) RETURNING NULL AS "_none") SELECT (SELECT row_to_json("_o".*) FROM (SELECT (SELECT count(*) FROM "_result") AS "affectedCount") AS "_o")::text AS "answer", CASE WHEN (SELECT count(*) FROM "_result") > 2 THEN ashlar.refuse_result('ASH02', (SELECT count(*) FROM "_result")) END`,
      ['{"1","2"}'],
    ],
  ])('%s', (_name, query, text, values) => {
    expect(compiled(query)).toEqual({ text, values });
  });

  test('a value never shapes it', () => {
    const hostile = `'; drop table todo; --"`;
    const query = 'query ($v: String) { todoCollection(filter: {task: {eq: $v}}) { edges { cursor } } }';
    const [plain, odd] = [compiled(query, { v: 'x' }), compiled(query, { v: hostile })];
    expect(odd.text).toBe(plain.text);
    expect(odd.values).toEqual([hostile]);
  });

  test('nulls have a place only in the order of a column that can hold them', () => {
    const { text } = compiled(
      '{ todoCollection(orderBy: [{id: DescNullsLast}, {task: DescNullsLast}]) { edges { cursor } } }',
    );
    expect(text).toContain('ORDER BY "t1"."id" DESC, "t1"."task" DESC NULLS LAST');
  });

  test('a seek in mixed order spells out each step', () => {
    const cursor = Buffer.from('[null, 7]').toString('base64');
    const { text, values } = compiled(
      `{ todoCollection(after: "${cursor}", orderBy: [{task: AscNullsFirst}]) { edges { cursor } } }`,
    );
    expect(text).toContain(`WHERE ("t1"."task" IS NOT NULL OR ("t1"."task" IS NULL AND "t1"."id" > $1))`);
    expect(values).toEqual(['7']);
  });
});
