import { unreachable } from '@ashlar/kernel';
import type { Statement } from '@ashlar/postgres';
import { REFUSAL_STATES } from '../../sql/compile.ts';
import { identifier, qualified } from '../../sql/identifier.ts';
import { RESULT } from '../../sql/level-sql.ts';
import { SqlWriter, valuesOf } from '../../sql/sql-writer.ts';
import type { ReadPlan, WriteAction, WritePlan } from '../plan/operation-plan.ts';
import { objectSql } from './object-sql.ts';
import type { RowScope } from './row-scope.ts';
import { RowsWriter } from './rows-sql.ts';
import { valueSql } from './value-sql.ts';

/** All reads of an operation as one statement: one row with a column of JSON for each of them. */
export function compileReads(reads: readonly ReadPlan[]): Statement {
  const writer = new SqlWriter();
  const rows = new RowsWriter(writer);
  const columns = reads.map((read) => readSql(read, rows));
  return statement(`SELECT ${columns.join(', ')}`, writer);
}

/** A write with all that is read of its rows as one statement: one row, its first column JSON. */
export function compileWrite(write: WritePlan): Statement {
  const writer = new SqlWriter();
  const rows = new RowsWriter(writer);
  if (write.kind === 'write') return statement(writeSql(write, rows, writer), writer);
  const { read, invocation } = write;
  if (read.kind === 'value') return statement(`SELECT ${answerSql(readSql(read, rows))}`, writer);
  const called = `WITH ${RESULT} AS MATERIALIZED (SELECT * FROM ${rows.call(invocation)})`;
  return statement(`${called} SELECT ${answerSql(readSql(read, rows))}`, writer);
}

/** As text and by a name: where the driver reads the row, JSON would become objects. */
function answerSql(json: string): string {
  return `${json}::text AS "answer"`;
}

function statement(text: string, writer: SqlWriter): Statement {
  return { text, values: valuesOf(writer.bindings, null, null) };
}

function readSql(read: ReadPlan, rows: RowsWriter): string {
  switch (read.kind) {
    case 'connection':
      return rows.connection(read.connection, null);
    case 'row':
      return rows.row(read.row, null);
    case 'value':
      return `to_json(${valueSql(rows.call(read.call), read.type)})`;
    case 'nothing':
      return 'NULL';
    default:
      return unreachable(read);
  }
}

function writeSql(
  { action, members }: Extract<WritePlan, { kind: 'write' }>,
  rows: RowsWriter,
  writer: SqlWriter,
): string {
  const scope = rows.scope();
  const affected = `(SELECT count(*) FROM ${RESULT})`;
  const object = objectSql(members, (value) => {
    if (value.kind === 'affected-count') return affected;
    const record = rows.object(value.members, scope);
    return `(SELECT coalesce(json_agg(${record}), '[]') FROM ${RESULT} AS ${identifier(scope.alias)})`;
  });
  const changed = `${actionSql(action, scope, rows, writer)} RETURNING ${scope.list()}`;
  const guard =
    action.kind === 'insert'
      ? ''
      : `, CASE WHEN ${affected} > ${action.atMost} THEN ashlar.refuse_result('${REFUSAL_STATES['max-affected']}', ${affected}) END`;
  return `WITH ${RESULT} AS (${changed}) SELECT ${answerSql(object)}${guard}`;
}

function actionSql(action: WriteAction, { alias }: RowScope, rows: RowsWriter, writer: SqlWriter): string {
  const value = (text: string | null): string => (text === null ? 'NULL' : writer.constant(text));
  const table = `${qualified(action.relation)} AS ${identifier(alias)}`;
  switch (action.kind) {
    case 'insert': {
      if (action.columns.length === 0 && action.rows.length === 1) return `INSERT INTO ${table} DEFAULT VALUES`;
      const values = action.rows.map((row) => {
        const cells = row.map((cell) => (cell === undefined ? 'DEFAULT' : value(cell)));
        return `(${cells.join(', ')})`;
      });
      return `INSERT INTO ${table} (${action.columns.map(identifier).join(', ')}) VALUES ${values.join(', ')}`;
    }
    case 'update': {
      const set = action.set.map((change) => `${identifier(change.column)} = ${value(change.value)}`);
      return `UPDATE ${table} SET ${set.join(', ')}${rows.where(action.where, alias)}`;
    }
    case 'delete':
      return `DELETE FROM ${table}${rows.where(action.where, alias)}`;
    default:
      return unreachable(action);
  }
}
