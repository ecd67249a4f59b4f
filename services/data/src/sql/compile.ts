import type { PlanMediaType } from '../parse/media-type.ts';
import type { Guard, QueryPlan } from '../plan/query-plan.ts';
import { actionSql, UPDATED_SETTING } from './action-sql.ts';
import { identifier } from './identifier.ts';
import { countedRowsSql, countSql, levelSql, rangeSql, RESULT } from './level-sql.ts';
import { type Binding, SqlWriter } from './sql-writer.ts';

/** A statement of a shape of requests; each request adds its own values. */
export interface CompiledStatement {
  readonly text: string;
  readonly bindings: readonly Binding[];
}

/** Private SQLSTATEs of `ashlar.refuse_result`; the message is the number of rows. */
export const REFUSAL_STATES = { 'one-row': 'ASH01', 'max-affected': 'ASH02' } as const;

/** The columns of the one row every statement answers with; what a plan does not ask for is absent or null. */
export const ANSWER_COLUMNS = {
  /** The result as text, ready for the socket. */
  body: 0,
  /** Rows in `body`. */
  rows: 1,
  /** Rows there are, range aside. */
  total: 2,
  /** JSON array of the written row's primary key, as texts. */
  location: 3,
  /** Rows an upsert made, as opposed to found. */
  inserted: 4,
  responseHeaders: 5,
  responseStatus: 6,
  /** Nothing but the refusal of a result. */
  guard: 7,
} as const;

const ROW = '"_row"';
const ROW_COUNT = 'count(*)';

/** Writes the whole request as one statement that answers with one row. */
export function compile(plan: QueryPlan): CompiledStatement {
  const writer = new SqlWriter();
  const action = actionSql(plan, writer);
  const source = sourceSql(plan, writer);
  const columns = [bodySql(plan), ROW_COUNT, totalSql(plan, writer), ...extraSql(plan)];
  while (columns.at(-1) === 'NULL') columns.pop();
  const withAction = action === '' ? '' : `WITH ${RESULT} AS (${action}) `;
  return { text: `${withAction}SELECT ${columns.join(', ')} FROM ${source}`, bindings: writer.bindings };
}

/**
 * Rows one by one, for results too large for one value: each with its JSON text (or CSV record) and the number of
 * all of them. CSV begins with the names of its columns, which the first row's JSON tells.
 */
export function compileStream(plan: QueryPlan): CompiledStatement {
  const writer = new SqlWriter();
  const action = actionSql(plan, writer);
  const source = sourceSql(plan, writer);
  const withAction = action === '' ? '' : `WITH ${RESULT} AS (${action}) `;
  const row = plan.render === 'csv' ? `${csvRecord()}, ${rowJson(plan)}` : `${rowJson(plan)}, NULL`;
  const total = totalSql(plan, writer);
  // The rows are not gathered here, so what counts them must not gather either.
  const totals = total === ROW_COUNT ? `${ROW_COUNT} OVER ()` : total;
  return {
    text: `${withAction}SELECT ${row}, ${ROW_COUNT} OVER (), ${totals} FROM ${source}`,
    bindings: writer.bindings,
  };
}

/** The statement's plan instead of its rows; with `analyze` it runs. */
export function compileExplain(plan: QueryPlan, { format, options }: PlanMediaType): CompiledStatement {
  const { text, bindings } = compile(plan);
  const asked = [`FORMAT ${format}`, ...options].map((option) => option.toUpperCase()).join(', ');
  return { text: `EXPLAIN (${asked}) ${text}`, bindings };
}

/** What the planner is asked to estimate; null for a plan whose rows are not those of a relation. */
export function compileEstimate(plan: QueryPlan): CompiledStatement | null {
  if (plan.level === null || plan.action !== null) return null;
  const writer = new SqlWriter();
  const rows = countedRowsSql(plan.level, writer);
  return { text: `EXPLAIN (FORMAT JSON) ${rows}`, bindings: writer.bindings };
}

function sourceSql(plan: QueryPlan, writer: SqlWriter): string {
  if (plan.level !== null) return `(${levelSql(plan.level, writer)}) AS ${ROW}`;
  if (plan.render === 'none') return RESULT;
  return `(SELECT ${RESULT}."value" FROM ${RESULT}${rangeSql(plan, writer)}) AS ${ROW}`;
}

function bodySql(plan: QueryPlan): string {
  const strip = (json: string): string => (plan.stripNulls ? `json_strip_nulls(${json})` : json);
  switch (plan.render) {
    case 'array':
      return `coalesce(${strip(`json_agg(${ROW}.*)`)}, '[]')`;
    case 'one':
      return `coalesce(string_agg(${rowJson(plan)}::text, ','), 'null')`;
    case 'csv':
      return (
        `coalesce((SELECT string_agg("_key", ',') FROM json_object_keys((array_agg(row_to_json(${ROW}.*)))[1]) AS "_key"), '')` +
        ` || E'\\n' || coalesce(string_agg(${csvRecord()}, E'\\n'), '')`
      );
    case 'scalar': {
      const isSet = plan.action?.kind === 'call' && plan.action.result === 'scalar-set';
      if (isSet) return `coalesce(json_agg(${ROW}."value"), '[]')`;
      return `coalesce(string_agg(coalesce(to_json(${ROW}."value")::text, 'null'), ','), 'null')`;
    }
    case 'text':
      return `coalesce(string_agg(${ROW}."value"::text, ''), '')`;
    case 'bytes':
      // As digits whatever the role's bytea_output says.
      return `coalesce(string_agg(encode(${ROW}."value"::bytea, 'hex'), ''), '')`;
    case 'none':
      return 'NULL';
  }
}

function rowJson({ stripNulls }: QueryPlan): string {
  return stripNulls ? `json_strip_nulls(row_to_json(${ROW}.*))` : `row_to_json(${ROW}.*)`;
}

/** The record as PostgreSQL writes it, without its parentheses. */
function csvRecord(): string {
  return `substr(${ROW}.*::text, 2, length(${ROW}.*::text) - 2)`;
}

function totalSql(plan: QueryPlan, writer: SqlWriter): string {
  const { count, level, range, action, countLimit } = plan;
  if (count === null || count === 'planned') return 'NULL';
  if (action !== null && action.kind !== 'call') return ROW_COUNT;
  if (level === null) return plan.render === 'scalar' ? `(SELECT count(*) FROM ${RESULT})` : ROW_COUNT;
  // Without a range the rows of the page are all the rows.
  if (range.limit === null && range.offset === 0) return ROW_COUNT;
  return `(${countSql(level, writer, count === 'estimated' ? countLimit : null)})`;
}

function extraSql(plan: QueryPlan): readonly string[] {
  const { action, location, guards } = plan;
  const merges = action?.kind === 'insert' && action.conflict?.action === 'merge';
  const settings = plan.readsResponseSettings;
  return [
    location === null ? 'NULL' : locationSql(location),
    merges ? insertedSql() : 'NULL',
    settings ? "nullif(current_setting('response.headers', true), '')" : 'NULL',
    settings ? "nullif(current_setting('response.status', true), '')" : 'NULL',
    guards.length === 0 ? 'NULL' : `CASE ${guards.map(guardSql).join(' ')} END`,
  ];
}

function insertedSql(): string {
  const updated = `coalesce(nullif(current_setting('${UPDATED_SETTING}', true), ''), '0')::bigint`;
  return `(SELECT count(*) FROM ${RESULT}) - ${updated}`;
}

function locationSql(key: readonly string[]): string {
  const texts = key.map((name) => `${RESULT}.${identifier(name)}::text`).join(', ');
  return `CASE WHEN count(*) = 1 THEN (SELECT json_build_array(${texts}) FROM ${RESULT}) END`;
}

function guardSql(guard: Guard): string {
  const state = REFUSAL_STATES[guard.kind];
  if (guard.kind === 'one-row') return `WHEN count(*) <> 1 THEN ashlar.refuse_result('${state}', count(*))`;
  const affected = `(SELECT count(*) FROM ${RESULT})`;
  return `WHEN ${affected} > ${guard.rows} THEN ashlar.refuse_result('${state}', ${affected})`;
}
