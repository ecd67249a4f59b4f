import { GraphQLError } from 'graphql';
import { relationKey } from '@ashlar/postgres';
import { MAX_FILTER_DEPTH } from '../bounds.ts';
import type { Entity, EntityColumn } from '../schema/graph-model.ts';
import { decodeNodeId } from './opaque-id.ts';
import type { Condition } from './operation-plan.ts';
import { arrayText, textOfValue } from './value-text.ts';

const OPERATORS: Readonly<Record<string, string>> = {
  eq: '=',
  neq: '<>',
  gt: '>',
  gte: '>=',
  lt: '<',
  lte: '<=',
  startsWith: '^@',
  like: 'LIKE',
  ilike: 'ILIKE',
  regex: '~',
  iregex: '~*',
  contains: '@>',
  containedBy: '<@',
  overlaps: '&&',
};

/** The conditions of a filter, all of which must hold. A comparison with null is never true, as in SQL. */
export function planFilter(entity: Entity, filter: unknown, depth = 1): readonly Condition[] {
  if (filter === null || filter === undefined) return [];
  if (depth > MAX_FILTER_DEPTH) throw new GraphQLError(`Filters may be nested ${MAX_FILTER_DEPTH} levels deep`);
  return entriesOf(filter).flatMap(([name, value]): readonly Condition[] => {
    const field = entity.fields.get(name);
    // A column may bear the name of a connective; what the schema shows under it is then the connective.
    if (name === 'and' || name === 'or') return planTree(entity, name, value, depth);
    if (name === 'not') {
      const conditions = planFilter(entity, value, depth + 1);
      return conditions.length === 0 ? [] : [{ kind: 'not', condition: { kind: 'and', conditions } }];
    }
    if (name === 'nodeId') {
      return entriesOf(value ?? {}).map(([, id]) => (typeof id === 'string' ? nodeIdCondition(entity, id) : NEVER));
    }
    if (field?.kind !== 'column' || value === null) return [];
    return entriesOf(value).map(([operator, operand]) => compare(field.column, operator, operand));
  });
}

/** Rows with the key a `nodeId` names; none when it names another table's. */
export function nodeIdCondition(entity: Entity, id: string): Condition {
  const { schema, name, key } = decodeNodeId(id);
  const { relation, primaryKey } = entity;
  if (relationKey(schema, name) !== relationKey(relation.schema, relation.name) || key.length !== primaryKey.length) {
    return NEVER;
  }
  return keyCondition(primaryKey, key);
}

export function keyCondition(columns: readonly EntityColumn[], key: readonly (string | null)[]): Condition {
  const conditions = columns.map((column, index) => equals(column.name, key[index] ?? null));
  return conditions.length === 1 ? (conditions[0] ?? NEVER) : { kind: 'and', conditions };
}

const NEVER: Condition = { kind: 'never' };

function planTree(entity: Entity, kind: 'and' | 'or', members: unknown, depth: number): readonly Condition[] {
  if (!Array.isArray(members)) return [];
  // A member without conditions holds for every row.
  const conditions = members.map((member: unknown): Condition => ({
    kind: 'and',
    conditions: planFilter(entity, member, depth + 1),
  }));
  return conditions.length === 0 ? [] : [{ kind, conditions }];
}

function compare({ name, type }: EntityColumn, operator: string, operand: unknown): Condition {
  if (operand === null) return NEVER;
  if (operator === 'is') return { kind: 'null', column: name, negated: operand === 'NOT_NULL' };
  if (operator === 'in') {
    return { kind: 'compare', column: name, operator: '=', value: arrayText(listOf(operand)), any: true };
  }
  const value = type.isList ? arrayText(listOf(operand)) : textOfValue(operand);
  const sql = OPERATORS[operator];
  if (sql === undefined || value === null) return NEVER;
  return { kind: 'compare', column: name, operator: sql, value, any: false };
}

function equals(column: string, value: string | null): Condition {
  return value === null ? NEVER : { kind: 'compare', column, operator: '=', value, any: false };
}

/** A single value stands for a list of it, as everywhere in GraphQL. */
function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}

function entriesOf(value: unknown): readonly (readonly [string, unknown])[] {
  // Input objects come from graphql-js, which makes records of them.
  return Object.entries(value as Readonly<Record<string, unknown>>).filter(([, member]) => member !== undefined);
}
