import { USERS, type BenchUser } from './bench-user.ts';

export type ScenarioName = 'read' | 'page' | 'insert';

/** One thing a client does, as an HTTP request and as the SQL it comes down to. */
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

function rowId(user: BenchUser, turn: number): string {
  return String(user.remainder + USERS * (turn % ROWS_PER_USER));
}

export const scenarios: readonly Scenario[] = [
  {
    name: 'read',
    title: 'single row by key under RLS',
    method: 'GET',
    path: (user, turn) => `/bench_todos?id=eq.${rowId(user, turn)}`,
    statement:
      "select coalesce(json_agg(t), '[]')::text from (select bench_todos.* from public.bench_todos where id = $1 limit 1000) t",
    values: (user, turn) => [rowId(user, turn)],
  },
  {
    name: 'page',
    title: '25 rows with one embedded relation',
    method: 'GET',
    path: () => '/bench_todos?select=id,title,done,list:bench_lists(id,name)&order=id.desc&limit=25',
    statement: `select coalesce(json_agg(t), '[]')::text from (
      select b.id, b.title, b.done, row_to_json(list) as list from public.bench_todos b
      left join lateral (select l.id, l.name from public.bench_lists l where l.id = b.list_id) list on true
      order by b.id desc limit 25) t`,
    values: () => [],
  },
  {
    name: 'insert',
    title: 'insert of one row',
    method: 'POST',
    path: () => '/bench_notes',
    body: '{"title":"A note of ordinary length, as people write them"}',
    statement: 'insert into public.bench_notes (title) values ($1)',
    values: () => ['A note of ordinary length, as people write them'],
  },
];
