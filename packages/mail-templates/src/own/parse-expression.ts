import { mailErrors } from '../mail-errors.ts';
import { isVariable } from './variables.ts';

export type Expression =
  | { readonly kind: 'constant'; readonly value: string | number | boolean }
  /** `.Data.name`: the first name is a known variable. */
  | { readonly kind: 'path'; readonly path: readonly string[] }
  | { readonly kind: 'call'; readonly name: FunctionName; readonly operands: readonly Expression[] };

const FUNCTIONS = ['eq', 'ne', 'not', 'and', 'or'] as const;
type FunctionName = (typeof FUNCTIONS)[number];

const MAX_DEPTH = 8;
const TOKEN = /\s*(?:([()])|("(?:[^"\\\n]|\\.)*"|`[^`]*`)|([^\s()"`]+))/gy;

interface Token {
  readonly kind: 'bracket' | 'text' | 'word';
  readonly text: string;
}

/** @throws {AshlarError} `mail.template_malformed`: what is no variable, text, number or call of a known function. */
export function parseExpression(source: string, line: number): Expression {
  const tokens = tokenize(source, line);
  let at = 0;
  const refuse = (reason: string): never => {
    throw mailErrors.templateMalformed({ line, reason });
  };

  function operand(depth: number): Expression {
    const token = tokens[at];
    at += 1;
    if (token === undefined) return refuse(`"${source}" ends too early`);
    if (token.kind === 'text') return { kind: 'constant', value: unquote(token.text, line) };
    if (token.kind === 'word') return word(token.text);
    if (token.text === ')' || depth >= MAX_DEPTH) return refuse(`a bracket too many in "${source}"`);
    const inner = expression(depth + 1);
    if (tokens[at]?.text !== ')') return refuse(`a bracket in "${source}" is not closed`);
    at += 1;
    return inner;
  }

  function word(text: string): Expression {
    if (text === 'true' || text === 'false') return { kind: 'constant', value: text === 'true' };
    if (/^-?\d{1,15}(?:\.\d{1,15})?$/.test(text)) return { kind: 'constant', value: Number(text) };
    if (!/^\.[A-Za-z]\w{0,63}(?:\.[A-Za-z_]\w{0,63}){0,8}$/.test(text)) {
      return refuse(`"${text}" is not supported: wanted a variable such as .Email, if, else, end`);
    }
    const path = text.slice(1).split('.');
    const [name = ''] = path;
    if (!isVariable(name)) return refuse(`there is no variable .${name}`);
    if (path.length > 1 && name !== 'Data') return refuse(`.${name} has no members`);
    return { kind: 'path', path };
  }

  function expression(depth: number): Expression {
    const token = tokens[at];
    const name = FUNCTIONS.find((known) => token?.kind === 'word' && token.text === known);
    if (name === undefined) return operand(depth);
    at += 1;
    const operands: Expression[] = [];
    while (at < tokens.length && tokens[at]?.text !== ')') operands.push(operand(depth));
    const fits = name === 'not' ? operands.length === 1 : operands.length >= 2;
    if (!fits) return refuse(`${name} takes ${name === 'not' ? 'one operand' : 'two operands or more'}`);
    return { kind: 'call', name, operands };
  }

  const parsed = expression(0);
  return at < tokens.length ? refuse(`"${source}" goes on after its end`) : parsed;
}

function tokenize(source: string, line: number): readonly Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  const text = source.trimEnd();
  while (TOKEN.lastIndex < text.length) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (match === null) throw mailErrors.templateMalformed({ line, reason: `"${text.slice(at)}" cannot be read` });
    const [, bracket, quoted, word = ''] = match;
    if (bracket !== undefined) tokens.push({ kind: 'bracket', text: bracket });
    else if (quoted === undefined) tokens.push({ kind: 'word', text: word });
    else tokens.push({ kind: 'text', text: quoted });
  }
  return tokens;
}

function unquote(text: string, line: number): string {
  if (text.startsWith('`')) return text.slice(1, -1);
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'string') return value;
  } catch {
    // Told below.
  }
  throw mailErrors.templateMalformed({ line, reason: `the text ${text} cannot be read` });
}
