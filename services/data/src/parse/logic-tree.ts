import { MAX_LOGIC_DEPTH } from './bounds.ts';
import { type Condition, parseCondition } from './condition.ts';
import { Cursor } from './cursor.ts';
import { type Field, parseField } from './field.ts';
import { parseQuoted } from './name.ts';
import { type Encoding, type Operand, arrayLiteral, parseList, parseListItem } from './operand.ts';

export type LogicNode =
  | { readonly kind: 'condition'; readonly field: Field; readonly condition: Condition }
  | LogicGroup;

export interface LogicGroup {
  readonly kind: 'and' | 'or';
  readonly negated: boolean;
  readonly nodes: readonly LogicNode[];
}

/** The value of an `and`, `or`, `not.and` or `not.or` parameter: `(a.eq.1,or(b.gt.2,not.and(c.is.null,d.lt.3)))`. */
export function parseLogicTree(kind: 'and' | 'or', negated: boolean, text: string): LogicGroup {
  const cursor = new Cursor(text, 'logic tree');
  const group = parseGroup(cursor, kind, negated, 0);
  cursor.expectEnd();
  return group;
}

function parseGroup(cursor: Cursor, kind: 'and' | 'or', negated: boolean, depth: number): LogicGroup {
  if (depth === MAX_LOGIC_DEPTH) cursor.fail(`at most ${MAX_LOGIC_DEPTH} levels of and/or`);
  cursor.expect('(');
  const nodes: LogicNode[] = [];
  do {
    cursor.skipBlanks();
    nodes.push(parseNode(cursor, depth));
    cursor.skipBlanks();
  } while (cursor.take(','));
  cursor.expect(')', '"," or ")"');
  return { kind, negated, nodes };
}

function parseNode(cursor: Cursor, depth: number): LogicNode {
  for (const kind of ['and', 'or'] as const) {
    for (const negated of [false, true]) {
      const word = negated ? `not.${kind}` : kind;
      if (!cursor.startsWith(`${word}(`)) continue;
      cursor.position += word.length;
      return parseGroup(cursor, kind, negated, depth + 1);
    }
  }
  const field = parseField(cursor);
  cursor.expect('.', '"."');
  return { kind: 'condition', field, condition: parseCondition(cursor, takeLogicOperand) };
}

/** Here a value ends at the comma or parenthesis of the tree, so it is taken as it stands and fixed by the shape. */
function takeLogicOperand(cursor: Cursor, encoding: Encoding): Operand {
  if (encoding === 'list') return fixed(arrayLiteral(parseList(cursor)), 'verbatim');
  if (cursor.peek() === '"') {
    const before = cursor.position;
    const quoted = parseQuoted(cursor);
    if (cursor.peek() === ',' || cursor.peek() === ')') return fixed(quoted, encoding);
    cursor.position = before;
  }
  if (cursor.peek() === '{') {
    const end = cursor.text.indexOf('}', cursor.position);
    if (end !== -1) {
      const value = cursor.text.slice(cursor.position, end + 1);
      cursor.position = end + 1;
      return fixed(value, encoding);
    }
  }
  return fixed(parseListItem(cursor), encoding);
}

function fixed(text: string, encoding: Encoding): Operand {
  return { text, start: 0, encoding, slot: null };
}
