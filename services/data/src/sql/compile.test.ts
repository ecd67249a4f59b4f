import type { Column, Relation, Relationship, Routine, Snapshot } from '@ashlar/postgres';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { REST_SETTINGS } from '../data-app.fixture.ts';
import { type PlanningHeaders, readIncoming } from '../execute/incoming.ts';
import { prepare } from '../execute/prepare.ts';
import { slotsOf } from '../parse/query-string.ts';
import { valuesOf } from './sql-writer.ts';

function column(name: string, type: string, defaultExpression: string | null = null): Column {
  return {
    name,
    position: 1,
    type,
    nominalType: type,
    category: 'N',
    isArray: false,
    isComposite: false,
    maxLength: null,
    nullable: true,
    defaultExpression,
    identity: null,
    generated: false,
    updatable: true,
    enumLabels: [],
    comment: null,
  };
}

function table(name: string, columns: readonly Column[]): Relation {
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
    comment: null,
  };
}

const TODOS = table('todos', [
  column('id', 'integer'),
  column('task', 'text', "'new'::text"),
  column('data', 'jsonb'),
  column('owner_id', 'integer'),
]);
const USERS = table('users', [column('id', 'integer'), column('name', 'text')]);

const TO_OWNER: Relationship = {
  cardinality: 'many-to-one',
  constraint: 'todos_owner_fkey',
  originSchema: 'public',
  origin: 'todos',
  targetSchema: 'public',
  target: 'users',
  columns: [{ origin: 'owner_id', target: 'id' }],
  junction: null,
  selfReference: false,
  throughView: false,
  ownsForeignKey: true,
  computedBy: null,
};
const TO_TODOS: Relationship = {
  ...TO_OWNER,
  cardinality: 'one-to-many',
  origin: 'users',
  target: 'todos',
  columns: [{ origin: 'id', target: 'owner_id' }],
  ownsForeignKey: false,
};
const ADD: Routine = {
  schema: 'public',
  name: 'add',
  parameters: [
    { name: 'a', type: 'integer', required: true, variadic: false },
    { name: 'b', type: 'integer', required: false, variadic: false },
  ],
  result: { kind: 'scalar', type: 'integer', set: false },
  volatility: 'immutable',
  hasVariadic: false,
  settings: [],
  computedOn: null,
  comment: null,
};

const SNAPSHOT: Snapshot = {
  version: 1,
  relations: new Map([
    ['public\0todos', TODOS],
    ['public\0users', USERS],
  ]),
  relationships: new Map([
    ['public\0todos', [TO_OWNER]],
    ['public\0users', [TO_TODOS]],
  ]),
  routines: new Map([['public\0add', [ADD]]]),
  types: new Map(),
  roleSettings: new Map(),
  bypassRoles: new Set(),
  timezones: new Set(),
  schemas: new Set(['public']),
};

const NO_HEADERS: PlanningHeaders = {
  accept: undefined,
  prefer: undefined,
  range: undefined,
  'accept-profile': undefined,
  'content-profile': undefined,
  'content-type': undefined,
};

interface Asked {
  readonly method?: string;
  readonly url: string;
  readonly body?: string;
  readonly headers?: Partial<PlanningHeaders>;
}

function compiled({ method = 'GET', url, body, headers = {} }: Asked) {
  const [path = '', query = ''] = url.slice(1).split('?');
  const payload = body === undefined ? null : Buffer.from(body);
  const incoming = readIncoming(method, path, query, { ...NO_HEADERS, ...headers }, payload);
  const { statement } = prepare(SNAPSHOT, REST_SETTINGS, incoming);
  if (statement === null) throw new Error(`Expected a statement for ${url}`);
  // A JSON body is bound as the bytes it came in.
  const values = valuesOf(statement.bindings, null, incoming.payload?.content ?? null);
  return { incoming, statement, values: values.map((value) => value?.toString() ?? null) };
}

const REPRESENT = { prefer: 'return=representation' };

describe('the text of', () => {
  test.each<[string, Asked, string, readonly (string | null)[]]>([
    [
      'a read of one row',
      { url: '/todos?select=id,t:task&id=eq.5' },
      `SELECT coalesce(json_agg("_row".*), '[]'), count(*) FROM (SELECT "todos"."id", "todos"."task" AS "t" FROM "public"."todos" WHERE "todos"."id" = $1 LIMIT 1000) AS "_row"`,
      ['5'],
    ],
    [
      'a page with what belongs to it',
      { url: '/todos?select=*,users(name)&order=id.desc&limit=25&offset=50', headers: { prefer: 'count=exact' } },
      `SELECT coalesce(json_agg("_row".*), '[]'), count(*), (SELECT count(*) FROM (SELECT 1 FROM "public"."todos") AS "_counted") FROM (SELECT "todos".*, row_to_json("users_1".*) AS "users" FROM "public"."todos" LEFT JOIN LATERAL (SELECT "users_1"."name" FROM "public"."users" AS "users_1" WHERE "users_1"."id" = "todos"."owner_id") AS "users_1" ON TRUE ORDER BY "todos"."id" DESC LIMIT 25 OFFSET $1) AS "_row"`,
      ['50'],
    ],
    [
      'many embedded rows',
      { url: '/users?select=name,todos!inner(id)&todos.task=like.a*' },
      `SELECT coalesce(json_agg("_row".*), '[]'), count(*) FROM (SELECT "users"."name", COALESCE("todos_1"."_rows", '[]') AS "todos" FROM "public"."users" INNER JOIN LATERAL (SELECT json_agg("todos_1".*) AS "_rows" FROM (SELECT "todos_1"."id" FROM "public"."todos" AS "todos_1" WHERE "todos_1"."owner_id" = "users"."id" AND "todos_1"."task" LIKE $1 LIMIT 1000) AS "todos_1") AS "todos_1" ON "todos_1"."_rows" IS NOT NULL LIMIT 1000) AS "_row"`,
      ['a%'],
    ],
    [
      'an insert',
      { method: 'POST', url: '/todos', body: '[{"id":1,"task":"x"}]' },
      `WITH "_result" AS (INSERT INTO "public"."todos" ("id", "task") SELECT "_body"."id", "_body"."task" FROM json_to_recordset($1::json) AS "_body"("id" integer, "task" text) RETURNING 1) SELECT NULL, count(*), NULL, NULL, NULL, nullif(current_setting('response.headers', true), ''), nullif(current_setting('response.status', true), '') FROM "_result"`,
      ['[{"id":1,"task":"x"}]'],
    ],
    [
      'a delete that must be of one row',
      {
        method: 'DELETE',
        url: '/todos?id=eq.1&select=id',
        headers: { ...REPRESENT, accept: 'application/vnd.pgrst.object+json' },
      },
      `WITH "_result" AS (DELETE FROM "public"."todos" WHERE "todos"."id" = $1 RETURNING "todos"."id") SELECT coalesce(string_agg(row_to_json("_row".*)::text, ','), 'null'), count(*), NULL, NULL, NULL, nullif(current_setting('response.headers', true), ''), nullif(current_setting('response.status', true), ''), CASE WHEN count(*) <> 1 THEN ashlar.refuse_result('ASH01', count(*)) END FROM (SELECT "todos"."id" FROM "_result" AS "todos") AS "_row"`,
      ['1'],
    ],
    [
      'a call',
      { url: '/rpc/add?a=1' },
      `WITH "_result" AS (SELECT "public"."add"("a" := $1::integer) AS "value") SELECT coalesce(string_agg(coalesce(to_json("_row"."value")::text, 'null'), ','), 'null'), count(*), NULL, NULL, NULL, nullif(current_setting('response.headers', true), ''), nullif(current_setting('response.status', true), '') FROM (SELECT "_result"."value" FROM "_result") AS "_row"`,
      ['1'],
    ],
  ])('%s', (_name, asked, text, values) => {
    const made = compiled(asked);
    expect(made.statement.text).toBe(text);
    expect(made.values).toEqual(values);
  });

  test.each([
    ['data->a->>0=eq.x', `"todos"."data"->'a'->>0 = $1`],
    ['task->>k=eq.x', `to_jsonb("todos"."task")->>'k' = $1`],
    [`data->>a'b=eq.x`, `"todos"."data"->>'a''b' = $1`],
    ['id=not.in.(1,2)', `NOT ("todos"."id" = ANY ($1))`],
    ['task=fts(english).x', `to_tsvector('english', "todos"."task") @@ to_tsquery('english', $1)`],
    ['task=like(any).{a*}', `"todos"."task" LIKE ANY ($1)`],
    ['not.or=(id.eq.1,task.is.null)', `NOT ("todos"."id" = $1 OR "todos"."task" IS NULL)`],
    ['nope=eq.1', `"todos"."nope" = $1`],
  ])('the condition %s', (query, sql) => {
    expect(compiled({ url: `/todos?${query}` }).statement.text).toContain(` WHERE ${sql} LIMIT`);
  });

  test('defaults, where absent members take them', () => {
    const { statement } = compiled({
      method: 'POST',
      url: '/todos?columns=id,task',
      body: '[{"id":1}]',
      headers: { prefer: 'missing=default' },
    });
    expect(statement.text).toContain(
      `SELECT "_body"."id", CASE WHEN "_item"."value" -> 'task' IS NULL THEN CAST('new'::text AS text) ELSE "_body"."task" END FROM json_array_elements($1::json) AS "_item"("value"), LATERAL json_to_record("_item"."value") AS "_body"("id" integer, "task" text)`,
    );
  });
});

test('requests of one shape share a statement, and each has its own values', () => {
  const query = fc.record({
    key: fc.constantFrom('id', 'data->>a', 'task'),
    operator: fc.constantFrom('eq', 'not.gt', 'like', 'in', 'cs', 'is', 'eq(any)', 'fts', 'foo', ''),
    value: fc.oneof(fc.string(), fc.constantFrom('(1,2)', '("a,b",c)', 'null', '{1}', 'a*', '&', '+', '%', '.')),
    raw: fc.boolean(),
  });
  const urlOf = (
    path: string,
    parts: readonly (typeof query extends fc.Arbitrary<infer Part> ? Part : never)[],
  ): string =>
    `${path}?${parts.map(({ key, operator, value }) => `${key}=${operator}.${encodeURIComponent(value)}`).join('&')}`;
  const paths = fc.constantFrom('/todos', '/rpc/add');
  fc.assert(
    fc.property(
      paths,
      fc.array(query, { minLength: 1, maxLength: 3 }),
      fc.array(fc.string()),
      (path, parts, others) => {
        const made = attempt(
          urlOf(
            path,
            parts.map((part, index) => ({ ...part, value: others[index] ?? '' })),
          ),
        );
        const own = attempt(urlOf(path, parts));
        if (made === null || own === null || made.incoming.shape !== own.incoming.shape) return;
        expect(made.statement.text).toBe(own.statement.text);
        expect(valuesOf(made.statement.bindings, slotsOf(own.incoming.parameters), null)).toEqual(own.values);
      },
    ),
    { numRuns: 2000, seed: 3 },
  );
});

function attempt(url: string): ReturnType<typeof compiled> | null {
  try {
    return compiled({ url });
  } catch {
    return null;
  }
}
