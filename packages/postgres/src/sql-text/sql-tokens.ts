export interface SqlToken {
  /** `space`: blanks and comments. `end`: a semicolon. `open`, `close`: parentheses. `other`: quoted text among it. */
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

/** Cuts SQL into what matters to find where a statement or an expression ends; together the tokens are the whole text. */
export function* sqlTokens(script: string): Generator<SqlToken> {
  let at = 0;
  while (at < script.length) {
    const [kind, end] = readToken(script, at);
    yield { kind, at, end };
    at = end;
  }
}

function readToken(script: string, at: number): [kind: SqlToken['kind'], end: number] {
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
