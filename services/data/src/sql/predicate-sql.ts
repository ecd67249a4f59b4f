import { COMPARISONS, IS_VALUES, SEARCHES } from '../parse/condition.ts';
import type { ColumnRef, Predicate } from '../plan/query-plan.ts';
import { identifier, literal } from './identifier.ts';
import type { SqlWriter } from './sql-writer.ts';

/** The rows a to-many embed found, as JSON; an unusual name, so that no selected column has it. */
export const EMBEDDED_ROWS = '"_rows"';

export function columnSql({ alias, name, path, wrapped }: ColumnRef): string {
  const column = `${identifier(alias)}.${identifier(name)}`;
  if (path.length === 0) return column;
  const steps = path.map(
    ({ asText, operand, isIndex }) => `${asText ? '->>' : '->'}${isIndex ? operand : literal(operand)}`,
  );
  return `${wrapped ? `to_jsonb(${column})` : column}${steps.join('')}`;
}

/** ` WHERE a AND b`, or nothing. */
export function whereSql(conditions: readonly string[]): string {
  return conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`;
}

export function predicateSql(predicate: Predicate, writer: SqlWriter): string {
  switch (predicate.kind) {
    case 'condition': {
      const sql = conditionSql(predicate, writer);
      return predicate.condition.negated ? `NOT (${sql})` : sql;
    }
    case 'absent': {
      const { embed, negated } = predicate;
      const alias = identifier(embed.alias);
      if (!embed.toOne) return `${alias}.${EMBEDDED_ROWS} IS ${negated ? 'NOT ' : ''}NULL`;
      // The row as a whole is compared: a row of nulls is a row nevertheless.
      return `${alias}.* IS ${negated ? '' : 'NOT '}DISTINCT FROM NULL`;
    }
    case 'and':
    case 'or': {
      const parts = predicate.predicates.map((inner) => predicateSql(inner, writer));
      const sql = `(${parts.join(predicate.kind === 'and' ? ' AND ' : ' OR ')})`;
      return predicate.negated ? `NOT ${sql}` : sql;
    }
  }
}

function conditionSql(
  { column, condition, toVector }: Extract<Predicate, { kind: 'condition' }>,
  writer: SqlWriter,
): string {
  const left = columnSql(column);
  switch (condition.kind) {
    case 'compare': {
      const operator = COMPARISONS[condition.operator].sql;
      const value = writer.operand(condition.value);
      if (condition.quantifier === null) return `${left} ${operator} ${value}`;
      return `${left} ${operator} ${condition.quantifier.toUpperCase()} (${value})`;
    }
    case 'in':
      return `${left} = ANY (${writer.operand(condition.value)})`;
    case 'is':
      return `${left} IS ${IS_VALUES[condition.value]}`;
    case 'search': {
      const config = condition.config === null ? '' : `${literal(condition.config)}, `;
      const vector = toVector ? `to_tsvector(${config}${left})` : left;
      return `${vector} @@ ${SEARCHES[condition.operator]}(${config}${writer.operand(condition.value)})`;
    }
  }
}
