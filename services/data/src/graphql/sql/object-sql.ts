import { GraphQLError } from 'graphql';
import { identifier, literal } from '../../sql/identifier.ts';
import type { Member } from '../plan/operation-plan.ts';

/** Bytes of a name in PostgreSQL: a longer one would be cut. */
const MAX_NAME_BYTES = 63;
/** `json_build_object` takes keys of any length, but a function of PostgreSQL at most 100 arguments. */
const MAX_LONG_MEMBERS = 50;

/** One expression that is a JSON object with these members. */
export function objectSql<Value extends { readonly kind: string }>(
  members: readonly Member<Value>[],
  valueOf: (value: Value) => string,
): string {
  if (hasShortNames(members))
    return `(SELECT row_to_json("_o".*) FROM (SELECT ${memberList(members, valueOf)}) AS "_o")`;
  const pairs = members.map(({ key, value }) => ({ key, sql: memberSql(value, valueOf) }));
  if (pairs.length > MAX_LONG_MEMBERS) {
    throw new GraphQLError(
      `An object with a name longer than ${MAX_NAME_BYTES} characters may have at most ${MAX_LONG_MEMBERS} fields`,
    );
  }
  return `json_build_object(${pairs.map(({ key, sql }) => `${literal(key)}, ${sql}`).join(', ')})`;
}

/** An object made of each row: the expression, and what it is selected from. */
export interface RowObject {
  readonly json: string;
  readonly from: string;
}

/**
 * The same object, made of every row of a source. A sub-select around each object would be run for each row, which
 * costs PostgreSQL a microsecond for every one of them.
 *
 * @param from Written after the members, when it is known what they show.
 */
export function rowObject<Value extends { readonly kind: string }>(
  members: readonly Member<Value>[],
  valueOf: (value: Value) => string,
  from: () => string,
): RowObject {
  if (!hasShortNames(members)) return { json: objectSql(members, valueOf), from: from() };
  const list = memberList(members, valueOf);
  return { json: `row_to_json("_o".*)`, from: `(SELECT ${list} FROM ${from()}) AS "_o"` };
}

function hasShortNames(members: readonly Member<unknown>[]): boolean {
  return members.every(({ key }) => key.length <= MAX_NAME_BYTES);
}

function memberList<Value extends { readonly kind: string }>(
  members: readonly Member<Value>[],
  valueOf: (value: Value) => string,
): string {
  return members.map(({ key, value }) => `${memberSql(value, valueOf)} AS ${identifier(key)}`).join(', ');
}

function memberSql<Value extends { readonly kind: string }>(
  value: Member<Value>['value'],
  valueOf: (value: Value) => string,
): string {
  // Type names are the only value all objects have; `kind` tells them apart.
  return value.kind === 'typename'
    ? `${literal((value as { readonly name: string }).name)}::text`
    : valueOf(value as Value);
}
