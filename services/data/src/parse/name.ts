import type { Cursor } from './cursor.ts';

const WORD_BEYOND_ASCII = /[\p{L}\p{M}\p{N}]/u;

/**
 * A column, relation or alias: `"…"` with backslash escapes, or a run of letters, digits, `_`, `$` and blanks in
 * which single dashes may join parts. Surrounding blanks of an unquoted name do not belong to it.
 */
export function parseName(cursor: Cursor): string {
  cursor.skipBlanks();
  if (cursor.peek() === '"') {
    const name = parseQuoted(cursor);
    cursor.skipBlanks();
    return name;
  }
  const start = cursor.position;
  skipRun(cursor);
  while (cursor.peek() === '-' && cursor.position > start && isWord(cursor, cursor.position + 1)) {
    cursor.position += 1;
    skipRun(cursor);
  }
  const name = cursor.text.slice(start, cursor.position).trim();
  if (name === '') cursor.fail('field name (* or [a..z0..9_$])');
  return name;
}

/** `"…"` where `\"` and `\\` stand for the character behind the backslash. */
export function parseQuoted(cursor: Cursor): string {
  cursor.expect('"');
  let value = '';
  let start = cursor.position;
  for (;;) {
    const code = cursor.text.charCodeAt(cursor.position);
    if (Number.isNaN(code)) cursor.fail('"\\""');
    if (code === QUOTE) break;
    if (code === BACKSLASH) {
      value += cursor.text.slice(start, cursor.position);
      cursor.position += 1;
      if (cursor.done) cursor.fail('any character');
      start = cursor.position;
    }
    cursor.position += 1;
  }
  value += cursor.text.slice(start, cursor.position);
  cursor.position += 1;
  return value;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

function skipRun(cursor: Cursor): void {
  while (isWord(cursor, cursor.position)) cursor.position += 1;
}

function isWord({ text }: Cursor, position: number): boolean {
  const code = text.charCodeAt(position);
  if (code < 0x80) {
    return (
      (code >= 0x61 && code <= 0x7a) ||
      code === 0x5f ||
      (code >= 0x30 && code <= 0x39) ||
      (code >= 0x41 && code <= 0x5a) ||
      code === 0x20 ||
      code === 0x24
    );
  }
  if (Number.isNaN(code)) return false;
  // Letters beyond the basic plane arrive as two units; both halves are accepted where the whole is a letter.
  const whole = isLowSurrogate(code) ? text.codePointAt(position - 1) : text.codePointAt(position);
  return whole !== undefined && WORD_BEYOND_ASCII.test(String.fromCodePoint(whole));
}

function isLowSurrogate(code: number): boolean {
  return code >= 0xdc00 && code <= 0xdfff;
}
