import { GraphQLError } from 'graphql';

/** A value in a `nodeId` or a cursor, as text; null is SQL's null. */
export type OpaqueValue = string | null;

/** Longer ids than any key makes are not decoded. */
const MAX_ID_LENGTH = 16 * 1024;

/** The key values of a `nodeId` with the relation they belong to: base64 of `["schema", "table", …]`. */
export function decodeNodeId(id: string): {
  readonly schema: string;
  readonly name: string;
  readonly key: readonly OpaqueValue[];
} {
  const [schema, name, ...key] = decode(id) ?? [];
  if (typeof schema !== 'string' || typeof name !== 'string' || key.length === 0) {
    throw new GraphQLError('A nodeId is not one of ours: it must be passed on as it came');
  }
  return { schema, name, key };
}

/** A cursor's values, one for each term of the order it was made under: base64 of a JSON array. */
export function decodeCursor(cursor: string, terms: number): readonly OpaqueValue[] {
  const values = decode(cursor);
  if (values === null || values.length !== terms) {
    throw new GraphQLError('A cursor does not fit the order of its collection: it must be passed on as it came');
  }
  return values;
}

function decode(text: string): readonly OpaqueValue[] | null {
  if (text.length > MAX_ID_LENGTH) return null;
  try {
    // Numbers are kept in their digits: a key may be larger than a number of JavaScript is exact.
    const values: unknown = JSON.parse(
      Buffer.from(text, 'base64').toString(),
      (_key, value: unknown, context?: { readonly source?: string }) =>
        typeof value === 'number' ? (context?.source ?? String(value)) : value,
    );
    if (!Array.isArray(values)) return null;
    return values.map((value: unknown) => {
      if (value === null || typeof value === 'string') return value;
      return typeof value === 'boolean' ? String(value) : JSON.stringify(value);
    });
  } catch {
    return null;
  }
}
