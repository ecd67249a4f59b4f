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

  for (const token of tokens(script)) {
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

interface Token {
  readonly kind: 'space' | 'end' | 'open' | 'close' | 'word' | 'other';
  readonly at: number;
  readonly end: number;
}

const SPACE = /\s+|--[^\n]*/y;
const WORD = /[\p{L}_][\p{L}\p{N}_$]*/uy;
const DOLLAR_TAG = /\$(?:[\p{L}_][\p{L}\p{N}_]*)?\$/uy;
const QUOTED_NAME = /"(?:[^"]|"")*"?/y;
const PLAIN_STRING = /'(?:[^']|'')*'?/y;
const ESCAPE_STRING = /[eE]'(?:[^'\\]|''|\\[^])*'?/y;

function* tokens(script: string): Generator<Token> {
  let at = 0;
  while (at < script.length) {
    const [kind, end] = readToken(script, at);
    yield { kind, at, end };
    at = end;
  }
}

function readToken(script: string, at: number): [kind: Token['kind'], end: number] {
  const space = match(SPACE, script, at);
  if (space !== null) return ['space', space];
  if (script.startsWith('/*', at)) return ['space', endOfBlockComment(script, at)];
  const tag = match(DOLLAR_TAG, script, at);
  if (tag !== null) {
    const close = script.indexOf(script.slice(at, tag), tag);
    return ['other', close === -1 ? script.length : close + (tag - at)];
  }
  const text = match(ESCAPE_STRING, script, at) ?? match(PLAIN_STRING, script, at) ?? match(QUOTED_NAME, script, at);
  if (text !== null) return ['other', text];
  const word = match(WORD, script, at);
  if (word !== null) return ['word', word];
  const character = script[at];
  if (character === ';') return ['end', at + 1];
  if (character === '(') return ['open', at + 1];
  return [character === ')' ? 'close' : 'other', at + 1];
}

function match(pattern: RegExp, script: string, at: number): number | null {
  pattern.lastIndex = at;
  return pattern.test(script) ? pattern.lastIndex : null;
}

/** Block comments nest in SQL. */
function endOfBlockComment(script: string, at: number): number {
  let depth = 0;
  let position = at;
  while (position < script.length) {
    if (script.startsWith('/*', position)) {
      depth += 1;
      position += 2;
    } else if (script.startsWith('*/', position)) {
      depth -= 1;
      position += 2;
      if (depth === 0) return position;
    } else {
      position += 1;
    }
  }
  return position;
}
