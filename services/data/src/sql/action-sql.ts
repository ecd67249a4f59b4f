import { unreachable } from '@ashlar/kernel';
import { BODY_ALIAS } from '../plan/query-plan.ts';
import type { Argument, CallFunction, Delete, Insert, QueryPlan, Update, WrittenColumn } from '../plan/query-plan.ts';
import { identifier, literal, qualified } from './identifier.ts';
import { predicateSql, whereSql } from './predicate-sql.ts';
import type { SqlWriter } from './sql-writer.ts';

const BODY = identifier(BODY_ALIAS);
const ITEM = '"_item"';
const CALLED = '"_called"';

/** Counts, in a setting that ends with the transaction, the rows an upsert found and updated. */
export const UPDATED_SETTING = 'ashlar.upsert_updated';

/** What the statement does first; its rows are what the answer is made from. */
export function actionSql(plan: QueryPlan, writer: SqlWriter): string {
  const { action } = plan;
  if (action === null) return '';
  switch (action.kind) {
    case 'insert':
      return insertSql(action, writer) + returningSql(action.relation.name, plan.returning);
    case 'update':
      return updateSql(action, writer) + returningSql(action.relation.name, plan.returning);
    case 'delete':
      return deleteSql(action, writer) + returningSql(action.relation.name, plan.returning);
    case 'call':
      return callSql(action, plan.returning, writer);
    default:
      return unreachable(action);
  }
}

function insertSql(insert: Insert, writer: SqlWriter): string {
  const { relation, columns, admit } = insert;
  if (columns.length === 0) return `INSERT INTO ${qualified(relation)} DEFAULT VALUES`;
  const names = columns.map(({ name }) => identifier(name)).join(', ');
  const values = columns.map((column) => (insert.missingDefaults ? valueOrDefault(column) : bodyColumn(column)));
  const where = whereSql(admit.map((predicate) => predicateSql(predicate, writer)));
  return (
    `INSERT INTO ${qualified(relation)} (${names}) SELECT ${values.join(', ')} FROM ${rowsSql(insert, writer)}${where}` +
    conflictSql(insert)
  );
}

/** The body's rows as `_body`, with `_item` beside each where it must be known which keys the row has. */
function rowsSql({ columns, payloadForm, missingDefaults }: Insert, writer: SqlWriter): string {
  const shape = `AS ${BODY}(${columns.map(typedColumn).join(', ')})`;
  const body = `${writer.body()}::json`;
  if (!missingDefaults) return `${reader(payloadForm)}(${body}) ${shape}`;
  const items =
    payloadForm === 'array'
      ? `json_array_elements(${body}) AS ${ITEM}("value")`
      : `(SELECT ${body} AS "value") AS ${ITEM}`;
  return `${items}, LATERAL json_to_record(${ITEM}."value") ${shape}`;
}

function reader(form: 'object' | 'array'): string {
  return form === 'array' ? 'json_to_recordset' : 'json_to_record';
}

function typedColumn({ name, type }: { readonly name: string; readonly type: string }): string {
  return `${identifier(name)} ${type}`;
}

function bodyColumn({ name }: WrittenColumn): string {
  return `${BODY}.${identifier(name)}`;
}

function valueOrDefault(column: WrittenColumn): string {
  const { name, type, defaultExpression } = column;
  if (defaultExpression === null) return bodyColumn(column);
  return `CASE WHEN ${ITEM}."value" -> ${literal(name)} IS NULL THEN CAST(${defaultExpression} AS ${type}) ELSE ${bodyColumn(column)} END`;
}

function conflictSql({ conflict, columns }: Insert): string {
  if (conflict === null) return '';
  const target = ` ON CONFLICT (${conflict.target.map(identifier).join(', ')})`;
  if (conflict.action === 'ignore') return `${target} DO NOTHING`;
  const changes = columns.map(({ name }) => `${identifier(name)} = EXCLUDED.${identifier(name)}`).join(', ');
  const updated = `coalesce(nullif(current_setting('${UPDATED_SETTING}', true), ''), '0')::bigint`;
  const counted = `set_config('${UPDATED_SETTING}', (${updated} + 1)::text, true) <> ''`;
  return `${target} DO UPDATE SET ${changes} WHERE ${counted}`;
}

function updateSql({ relation, columns, payloadForm, where }: Update, writer: SqlWriter): string {
  const changes = columns.map((column) => `${identifier(column.name)} = ${bodyColumn(column)}`).join(', ');
  const rows = `${reader(payloadForm)}(${writer.body()}::json) AS ${BODY}(${columns.map(typedColumn).join(', ')})`;
  // Of an array only the first row counts: an update has one set of values.
  const row = payloadForm === 'array' ? `(SELECT * FROM ${rows} LIMIT 1) AS ${BODY}` : rows;
  const conditions = where.map((predicate) => predicateSql(predicate, writer));
  return `UPDATE ${qualified(relation)} SET ${changes} FROM ${row}${whereSql(conditions)}`;
}

function deleteSql({ relation, where }: Delete, writer: SqlWriter): string {
  return `DELETE FROM ${qualified(relation)}${whereSql(where.map((predicate) => predicateSql(predicate, writer)))}`;
}

/** Only what the answer shows is returned: a caller without SELECT may still write. */
function returningSql(table: string, names: readonly string[]): string {
  return ` RETURNING ${names.length === 0 ? '1' : columnsOf(identifier(table), names)}`;
}

function columnsOf(alias: string, names: readonly string[]): string {
  return names.map((name) => (name === '*' ? `${alias}.*` : `${alias}.${identifier(name)}`)).join(', ');
}

function callSql(call: CallFunction, returning: readonly string[], writer: SqlWriter): string {
  const list = call.arguments.map((argument) => argumentSql(argument, writer)).join(', ');
  const invocation = `${qualified(call.function)}(${list})`;
  const body =
    call.bodyParameters.length === 0
      ? null
      : `json_to_record(${writer.body()}::json) AS ${BODY}(${call.bodyParameters.map(typedColumn).join(', ')})`;
  if (call.result === 'row' || call.result === 'row-set') {
    const columns = returning.length === 0 ? '1' : columnsOf(CALLED, returning);
    return `SELECT ${columns} FROM ${body === null ? '' : `${body}, LATERAL `}${invocation} AS ${CALLED}`;
  }
  return `SELECT ${invocation} AS "value"${body === null ? '' : ` FROM ${body}`}`;
}

function argumentSql(argument: Argument, writer: SqlWriter): string {
  switch (argument.from) {
    case 'whole-body':
      return `${writer.body(argument.type)}::${argument.type}`;
    case 'body': {
      const name = identifier(argument.name);
      return `${argument.variadic ? 'VARIADIC ' : ''}${name} := ${BODY}.${name}`;
    }
    case 'query': {
      const { name, type, variadic, values } = argument;
      if (variadic) return `VARIADIC ${identifier(name)} := ${writer.array(values)}::${type}`;
      const last = values.at(-1);
      return `${identifier(name)} := ${last === undefined ? 'NULL' : writer.operand(last)}::${type}`;
    }
  }
}
