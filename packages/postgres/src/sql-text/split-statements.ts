import { sqlTokens } from './sql-tokens.ts';

/**
 * Splits a script into its statements the way psql does: at semicolons outside of quotes, dollar quotes, comments,
 * parentheses and the `BEGIN ATOMIC … END` bodies of SQL functions. Comments stay with the statement they precede;
 * what holds nothing but comments is no statement.
 */
export function splitStatements(script: string): string[] {
  const statements: string[] = [];
  let start = 0;
  let empty = true;
  let parentheses = 0;
  /** The words of this statement so far, as far as they tell a function from anything else. */
  let words: string[] = [];
  let bodyDepth = 0;

  for (const token of sqlTokens(script)) {
    if (token.kind === 'space') continue;
    if (token.kind === 'end' && parentheses === 0 && bodyDepth === 0) {
      if (!empty) statements.push(script.slice(start, token.at).trim());
      start = token.at + 1;
      empty = true;
      words = [];
      continue;
    }
    empty = false;
    if (token.kind === 'open') parentheses += 1;
    else if (token.kind === 'close') parentheses = Math.max(0, parentheses - 1);
    else if (token.kind === 'word') {
      const word = script.slice(token.at, token.end).toLowerCase();
      bodyDepth = nextBodyDepth(bodyDepth, word, words);
      if (words.length < FUNCTION_HEAD_WORDS) words.push(word);
    }
  }
  if (!empty) statements.push(script.slice(start).trim());
  return statements;
}

/** `create or replace function` is four words. */
const FUNCTION_HEAD_WORDS = 4;

/** Inside a function's body `BEGIN` and `CASE` open what `END` closes; elsewhere they are a transaction's or an expression's. */
function nextBodyDepth(depth: number, word: string, head: readonly string[]): number {
  const isRoutine = head[0] === 'create' && (head.includes('function') || head.includes('procedure'));
  if (!isRoutine) return 0;
  if (word === 'begin' || (word === 'case' && depth > 0)) return depth + 1;
  return word === 'end' && depth > 0 ? depth - 1 : depth;
}
