import { sqlTokens } from '@ashlar/postgres';

/** What a statement that only reads can begin with. The database refuses the rest as well; this says so in words. */
const READING_WORDS = new Set(['select', 'with', 'values', 'table', 'explain', 'show']);

/** The first word, in lower case; empty when it begins with something else. */
function firstWord(statement: string): string {
  for (const { kind, at, end } of sqlTokens(statement)) {
    if (kind === 'space' || kind === 'open') continue;
    return kind === 'word' ? statement.slice(at, end).toLowerCase() : '';
  }
  return '';
}

export function onlyReads(statement: string): boolean {
  return READING_WORDS.has(firstWord(statement));
}

/** As a log may hold it: without the texts between quotes, which may be anybody's password. */
export function withoutTexts(script: string): string {
  let shown = '';
  for (const { kind, at, end } of sqlTokens(script)) {
    const text = script.slice(at, end);
    const isText = kind === 'other' && text.length > 1 && !text.startsWith('"');
    shown += isText ? `'…'` : kind === 'space' ? ' ' : text;
  }
  return shown.trim();
}
