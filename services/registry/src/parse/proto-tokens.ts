import { registryErrors } from '../domain/registry-errors.ts';

/** Words, texts and signs of a `.proto` file, one after the other. */
export interface Tokens {
  atEnd(): boolean;
  /** Without taking it; empty at the end. */
  peek(): string;
  next(): string;
  expect(wanted: string): void;
  /** Up to and with the next `;` outside of brackets. */
  skipStatement(): void;
  /** From an opening bracket to its end. */
  skipBrackets(): void;
}

const TOKEN =
  /\s+|\/\/[^\n]*|\/\*[\s\S]*?\*\/|("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|-?\d[\w.+]*|\.?[A-Za-z_][\w.]*|[{}[\]()<>=;,:+-])/gy;
const OPENING = new Set(['{', '[', '(']);
const CLOSING = new Set(['}', ']', ')']);

/** @throws {AshlarError} `registry.document_malformed`, here and by whatever is asked of the result. */
export function createTokens(text: string): Tokens {
  const words: string[] = [];
  let end = 0;
  for (const found of text.matchAll(TOKEN)) {
    end = found.index + found[0].length;
    if (found[1] !== undefined) words.push(found[1]);
  }
  if (end < text.length) throw fault(`${JSON.stringify(text.slice(end, end + 20))} is no word of it`);
  let position = 0;
  const tokens: Tokens = {
    atEnd: () => position >= words.length,
    peek: () => words[position] ?? '',
    next() {
      const word = words[position];
      if (word === undefined) throw fault('it ends too early');
      position += 1;
      return word;
    },
    expect(wanted) {
      const found = tokens.next();
      if (found !== wanted) throw fault(`${found} where ${wanted} belongs`);
    },
    skipStatement() {
      for (let word = tokens.next(); word !== ';'; word = tokens.next()) {
        if (!OPENING.has(word)) continue;
        position -= 1;
        tokens.skipBrackets();
      }
    },
    skipBrackets() {
      let depth = 0;
      do {
        const word = tokens.next();
        if (OPENING.has(word)) depth += 1;
        if (CLOSING.has(word)) depth -= 1;
      } while (depth > 0);
    },
  };
  return tokens;
}

function fault(reason: string): Error {
  return registryErrors.documentMalformed({ format: 'proto', reason: reason.slice(0, 200) });
}
