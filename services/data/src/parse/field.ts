import { MAX_JSON_STEPS } from './bounds.ts';
import type { Cursor } from './cursor.ts';
import { parseName, parseQuoted } from './name.ts';

/** One `->` or `->>` of a JSON path. */
export interface JsonStep {
  /** `->>`: the value as text. */
  readonly asText: boolean;
  readonly operand: string;
  /** The operand counts array elements (negative from the end). */
  readonly isIndex: boolean;
}

/** A column, or a place inside one. */
export interface Field {
  readonly name: string;
  readonly path: readonly JsonStep[];
}

const NO_STEPS: readonly JsonStep[] = [];

export function parseField(cursor: Cursor): Field {
  const name = parseName(cursor);
  return { name, path: parseJsonPath(cursor) };
}

/** Zero or more of `->key` and `->>key`. */
export function parseJsonPath(cursor: Cursor): readonly JsonStep[] {
  if (!cursor.startsWith('->')) return NO_STEPS;
  const steps: JsonStep[] = [];
  while (cursor.take('->')) {
    if (steps.length === MAX_JSON_STEPS) cursor.fail(`at most ${MAX_JSON_STEPS} JSON steps`);
    const asText = cursor.take('>');
    steps.push({ asText, ...parseOperand(cursor) });
  }
  return steps;
}

// Sticky, so that they match at the cursor only.
const INDEX = /-?\d+(?=->|::|\.|,|\)|$)/y;
const KEY = /[^\s(\-:.,>)](?:[^(\-:.,>)]|-(?![>-]))*/y;

function parseOperand(cursor: Cursor): { readonly operand: string; readonly isIndex: boolean } {
  if (cursor.peek() === '"') return { operand: parseQuoted(cursor), isIndex: false };
  const index = match(INDEX, cursor);
  if (index !== null) return { operand: index, isIndex: true };
  const key = match(KEY, cursor);
  if (key === null) cursor.fail('any non reserved character different from: .,>()');
  return { operand: key.trimEnd(), isIndex: false };
}

function match(pattern: RegExp, cursor: Cursor): string | null {
  pattern.lastIndex = cursor.position;
  const found = pattern.exec(cursor.text);
  if (found === null) return null;
  cursor.position = pattern.lastIndex;
  return found[0];
}

/** What a selected JSON path is called without an alias: its last key, or the column when it has indices only. */
export function pathName({ name, path }: Field): string {
  return path.findLast((step) => !step.isIndex)?.operand ?? name;
}
