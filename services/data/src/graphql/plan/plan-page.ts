import { GraphQLError } from 'graphql';
import type { Entity } from '../schema/graph-model.ts';
import { decodeCursor, type OpaqueValue } from './opaque-id.ts';
import type { Condition, OrderTerm, Page } from './operation-plan.ts';

type Arguments = ReadonlyMap<string, unknown>;

/** What was asked for, then the key: nulls stand last unless told, as PostgreSQL has it for ascending order. */
export function planOrder({ fields, primaryKey }: Entity, asked: unknown): readonly OrderTerm[] {
  const terms: OrderTerm[] = [];
  for (const member of Array.isArray(asked) ? asked : []) {
    // Input objects come from graphql-js, which makes records of them.
    for (const [name, direction] of Object.entries(member as Readonly<Record<string, unknown>>)) {
      const field = fields.get(name);
      if (field?.kind !== 'column' || typeof direction !== 'string') continue;
      if (terms.some(({ column }) => column === field.column)) continue;
      terms.push({
        column: field.column,
        descending: direction.startsWith('Desc'),
        nullsFirst: direction.endsWith('First'),
      });
    }
  }
  for (const column of primaryKey) {
    if (!terms.some((term) => term.column.name === column.name)) {
      terms.push({ column, descending: false, nullsFirst: false });
    }
  }
  return terms;
}

/** @throws GraphQLError for arguments that contradict each other. */
export function planPage(entity: Entity, order: readonly OrderTerm[], args: Arguments): Page {
  const first = count(args, 'first');
  const last = count(args, 'last');
  const offset = count(args, 'offset');
  const before = text(args, 'before');
  const after = text(args, 'after');
  if (first !== null && last !== null) throw new GraphQLError('only one of "first" and "last" may be provided');
  if (before !== null && after !== null) throw new GraphQLError('only one of "before" and "after" may be provided');
  if (first !== null && before !== null) throw new GraphQLError('"first" may only be used with "after"');
  if (last !== null && after !== null) throw new GraphQLError('"last" may only be used with "before"');
  const backward = last !== null || before !== null;
  if (backward && offset !== null) throw new GraphQLError('"offset" may only be used with "first" and "after"');
  const cursor = before ?? after;
  return {
    limit: Math.min(first ?? last ?? entity.maxRows, entity.maxRows),
    offset: offset ?? 0,
    backward,
    seek: cursor === null ? null : seekCondition(order, decodeCursor(cursor, order.length), backward),
  };
}

/** Rows that come after the values in this order; before them when `backward`. */
function seekCondition(order: readonly OrderTerm[], values: readonly OpaqueValue[], backward: boolean): Condition {
  const terms = order.map(({ column, descending, nullsFirst }, index) => ({
    name: column.name,
    nullable: column.column.nullable,
    descending: descending !== backward,
    nullsFirst: nullsFirst !== backward,
    value: values[index] ?? null,
  }));
  const texts = terms.flatMap(({ value }) => (value === null ? [] : [value]));
  const isUniform = terms.every(({ nullable, descending }) => !nullable && descending === terms[0]?.descending);
  if (isUniform && texts.length === terms.length) {
    const operator = terms[0]?.descending === true ? '<' : '>';
    return { kind: 'rows', columns: terms.map(({ name }) => name), operator, values: texts };
  }
  return terms.reduceRight<Condition>(
    (beyond, term) => {
      const conditions: Condition[] = [farther(term)];
      if (beyond.kind !== 'never') conditions.push({ kind: 'and', conditions: [level(term), beyond] });
      return { kind: 'or', conditions };
    },
    { kind: 'never' },
  );
}

interface SeekTerm {
  readonly name: string;
  readonly nullable: boolean;
  readonly descending: boolean;
  readonly nullsFirst: boolean;
  readonly value: OpaqueValue;
}

function farther({ name, nullable, descending, nullsFirst, value }: SeekTerm): Condition {
  if (value === null) return nullsFirst ? { kind: 'null', column: name, negated: true } : { kind: 'never' };
  const beyond: Condition = { kind: 'compare', column: name, operator: descending ? '<' : '>', value, any: false };
  if (!nullable || nullsFirst) return beyond;
  return { kind: 'or', conditions: [beyond, { kind: 'null', column: name, negated: false }] };
}

function level({ name, value }: SeekTerm): Condition {
  return value === null
    ? { kind: 'null', column: name, negated: false }
    : { kind: 'compare', column: name, operator: '=', value, any: false };
}

function count(args: Arguments, name: string): number | null {
  const value = args.get(name);
  if (typeof value !== 'number') return null;
  if (value < 0) throw new GraphQLError(`"${name}" must not be negative, found ${value}`);
  return value;
}

function text(args: Arguments, name: string): string | null {
  const value = args.get(name);
  return typeof value === 'string' ? value : null;
}
