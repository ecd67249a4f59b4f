import { type Condition, parseCondition } from './condition.ts';
import { Cursor } from './cursor.ts';
import { type Field, parseJsonPath } from './field.ts';
import { parseName } from './name.ts';
import { encodeOperand } from './operand.ts';

/** A condition on one field of the embed at `path`; an empty path is the request's own relation. */
export interface Filter {
  readonly path: readonly string[];
  readonly field: Field;
  readonly condition: Condition;
}

/**
 * `key=value` as a filter.
 *
 * @param slot Which variable part of the request the value's text is, or null when the value shapes the request.
 */
export function parseFilter(key: string, value: string, slot: number | null): Filter {
  return { ...parseFilterKey(key), condition: parseFilterValue(value, slot) };
}

/** `col`, `col->a`, `embed.col`, `embed.inner.col->>b`. */
export function parseFilterKey(key: string): { readonly path: readonly string[]; readonly field: Field } {
  const cursor = new Cursor(key, 'tree path');
  const path: string[] = [];
  let name = parseName(cursor);
  while (cursor.take('.')) {
    path.push(name);
    name = parseName(cursor);
  }
  const field = { name, path: parseJsonPath(cursor) };
  cursor.expectEnd();
  return { path, field };
}

/** `[not.]op.value`, the value being all that follows. */
function parseFilterValue(value: string, slot: number | null): Condition {
  const cursor = new Cursor(value, 'filter');
  const condition = parseCondition(cursor, (at, encoding) => {
    const start = at.position;
    if (encoding === 'list') encodeOperand(value, start, encoding); // a broken list is refused here
    at.position = value.length;
    return { text: value, start, encoding, slot };
  });
  cursor.expectEnd();
  return condition;
}
