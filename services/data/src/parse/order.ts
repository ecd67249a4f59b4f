import { MAX_COLUMNS } from './bounds.ts';
import { Cursor } from './cursor.ts';
import { type Field, parseField, parseJsonPath } from './field.ts';
import { parseName } from './name.ts';

export interface OrderTerm {
  /** The embedded resource whose field it is, or null for a field of the relation itself. */
  readonly relation: string | null;
  readonly field: Field;
  readonly direction: 'asc' | 'desc' | null;
  readonly nulls: 'first' | 'last' | null;
}

/** `name.desc.nullslast,data->a,owner(name).asc` */
export function parseOrder(text: string): readonly OrderTerm[] {
  const cursor = new Cursor(text, 'order');
  const terms: OrderTerm[] = [];
  do {
    if (terms.length === MAX_COLUMNS) cursor.fail(`at most ${MAX_COLUMNS} terms`);
    terms.push(parseTerm(cursor));
  } while (cursor.take(','));
  cursor.expectEnd('"," or end of input');
  return terms;
}

function parseTerm(cursor: Cursor): OrderTerm {
  const name = parseName(cursor);
  let relation: string | null = null;
  let field: Field;
  if (cursor.take('(')) {
    relation = name;
    field = parseField(cursor);
    cursor.expect(')');
  } else {
    field = { name, path: parseJsonPath(cursor) };
  }
  let direction: OrderTerm['direction'] = null;
  let nulls: OrderTerm['nulls'] = null;
  while (cursor.peek() === '.') {
    if (direction === null && nulls === null && cursor.take('.asc')) direction = 'asc';
    else if (direction === null && nulls === null && cursor.take('.desc')) direction = 'desc';
    else if (nulls === null && cursor.take('.nullsfirst')) nulls = 'first';
    else if (nulls === null && cursor.take('.nullslast')) nulls = 'last';
    else {
      cursor.position += 1;
      cursor.fail(direction === null ? 'asc, desc, nullsfirst or nullslast' : 'nullsfirst or nullslast');
    }
  }
  cursor.skipBlanks();
  return { relation, field, direction, nulls };
}
