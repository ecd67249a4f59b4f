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
  const pairs = members.map(({ key, value }) => {
    // Type names are the only value all objects have; `kind` tells them apart.
    const sql =
      value.kind === 'typename'
        ? `${literal((value as { readonly name: string }).name)}::text`
        : valueOf(value as Value);
    return { key, sql };
  });
  if (pairs.every(({ key }) => key.length <= MAX_NAME_BYTES)) {
    const list = pairs.map(({ key, sql }) => `${sql} AS ${identifier(key)}`).join(', ');
    return `(SELECT row_to_json("_o".*) FROM (SELECT ${list}) AS "_o")`;
  }
  if (pairs.length > MAX_LONG_MEMBERS) {
    throw new GraphQLError(
      `An object with a name longer than ${MAX_NAME_BYTES} characters may have at most ${MAX_LONG_MEMBERS} fields`,
    );
  }
  return `json_build_object(${pairs.map(({ key, sql }) => `${literal(key)}, ${sql}`).join(', ')})`;
}
