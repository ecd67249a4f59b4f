import { USERS, type BenchUser } from './bench-user.ts';

export type ScenarioName = 'read' | 'page' | 'tree' | 'insert';

/** One thing a client does, as an HTTP request and as the SQL the data service makes of it. */
export interface Scenario {
  readonly name: ScenarioName;
  readonly title: string;
  readonly method: 'GET' | 'POST';
  /** Below the REST prefix; differs from call to call where the row does. */
  path(user: BenchUser, turn: number): string;
  readonly body?: string;
  readonly statement: string;
  values(user: BenchUser, turn: number): readonly string[];
}

const ROWS_PER_USER = 100;
const NOTE = '{"title":"A note of ordinary length, as people write them"}';

function rowId(user: BenchUser, turn: number): string {
  return String(user.remainder + USERS * (turn % ROWS_PER_USER));
}

/** The first is the read that other measurements use too. */
export const scenarios: readonly [Scenario, ...Scenario[]] = [
  {
    name: 'read',
    title: 'single row by key under RLS',
    method: 'GET',
    path: (user, turn) => `/bench_todos?id=eq.${rowId(user, turn)}`,
    statement: `
      SELECT coalesce(json_agg("_row".*), '[]'), count(*) FROM (
        SELECT "bench_todos".* FROM "public"."bench_todos" WHERE "bench_todos"."id" = $1 LIMIT 1000) AS "_row"`,
    values: (user, turn) => [rowId(user, turn)],
  },
  {
    name: 'page',
    title: '25 rows with one embedded relation',
    method: 'GET',
    path: () => '/bench_todos?select=id,title,done,list:bench_lists(id,name)&order=id.desc&limit=25',
    statement: `
      SELECT coalesce(json_agg("_row".*), '[]'), count(*) FROM (
        SELECT "bench_todos"."id", "bench_todos"."title", "bench_todos"."done", row_to_json("list_1".*) AS "list"
        FROM "public"."bench_todos"
        LEFT JOIN LATERAL (
          SELECT "bench_lists_1"."id", "bench_lists_1"."name" FROM "public"."bench_lists" AS "bench_lists_1"
          WHERE "bench_lists_1"."id" = "bench_todos"."list_id") AS "list_1" ON TRUE
        ORDER BY "bench_todos"."id" DESC LIMIT 25) AS "_row"`,
    values: () => [],
  },
  {
    name: 'tree',
    title: '25 rows with two embedded relations',
    method: 'GET',
    path: () =>
      '/bench_todos?select=id,title,done,list:bench_lists(id,name),comments:bench_comments(id,body)&order=id.desc&limit=25',
    statement: `
      SELECT coalesce(json_agg("_row".*), '[]'), count(*) FROM (
        SELECT "bench_todos"."id", "bench_todos"."title", "bench_todos"."done", row_to_json("list_1".*) AS "list",
          coalesce("comments_1"."rows", '[]') AS "comments"
        FROM "public"."bench_todos"
        LEFT JOIN LATERAL (
          SELECT "bench_lists_1"."id", "bench_lists_1"."name" FROM "public"."bench_lists" AS "bench_lists_1"
          WHERE "bench_lists_1"."id" = "bench_todos"."list_id") AS "list_1" ON TRUE
        LEFT JOIN LATERAL (
          SELECT json_agg("comment".*) AS "rows" FROM (
            SELECT "bench_comments_1"."id", "bench_comments_1"."body"
            FROM "public"."bench_comments" AS "bench_comments_1"
            WHERE "bench_comments_1"."todo_id" = "bench_todos"."id" LIMIT 1000) AS "comment") AS "comments_1" ON TRUE
        ORDER BY "bench_todos"."id" DESC LIMIT 25) AS "_row"`,
    values: () => [],
  },
  {
    name: 'insert',
    title: 'insert of one row',
    method: 'POST',
    path: () => '/bench_notes',
    body: NOTE,
    statement: `
      WITH "_result" AS (
        INSERT INTO "public"."bench_notes" ("title")
        SELECT "_body"."title" FROM json_to_record($1::json) AS "_body"("title" text) RETURNING 1)
      SELECT NULL, count(*) FROM "_result"`,
    values: () => [NOTE],
  },
];
