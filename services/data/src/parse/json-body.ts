import { restErrors } from '../rest-errors.ts';
import { MAX_JSON_DEPTH } from './bounds.ts';

/** What must be known of a JSON body before it goes to PostgreSQL, unread otherwise. */
export interface JsonOutline {
  readonly form: 'object' | 'array' | 'other';
  /** Keys of the object, or of the array's first object. */
  readonly keys: readonly string[];
  /** Elements of the array; 1 for anything else. */
  readonly rows: number;
  /** All elements are objects with the keys of the first. */
  readonly uniform: boolean;
}

/**
 * Checks that a text is JSON and reads the keys of its rows, without building a value: numbers keep the digits they
 * were written with, and memory does not grow with the body.
 *
 * @throws PGRST102 for a text that is no JSON or nests too deep.
 */
export function outlineJson(text: string): JsonOutline {
  const scanner = new JsonScanner(text);
  scanner.blanks();
  const first = scanner.peek();
  if (first === OPEN_BRACE) {
    const keys = [...scanner.object(1)];
    scanner.end();
    return { form: 'object', keys, rows: 1, uniform: true };
  }
  if (first !== OPEN_BRACKET) {
    scanner.value(0);
    scanner.end();
    return { form: 'other', keys: [], rows: 1, uniform: false };
  }
  const outline = scanner.rows();
  scanner.end();
  return outline;
}

const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const ESCAPE = /["\\/bfnrt]|u[0-9a-fA-F]{4}/y;

class JsonScanner {
  readonly #text: string;
  #position = 0;

  constructor(text: string) {
    this.#text = text;
  }

  peek(): number {
    return this.#text.charCodeAt(this.#position);
  }

  blanks(): void {
    for (;;) {
      const code = this.peek();
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
      this.#position += 1;
    }
  }

  end(): void {
    this.blanks();
    if (this.#position < this.#text.length) invalid();
  }

  rows(): JsonOutline {
    this.#position += 1;
    this.blanks();
    if (this.#takes(CLOSE_BRACKET)) return { form: 'array', keys: [], rows: 0, uniform: true };
    let keys: ReadonlySet<string> | null = null;
    let rows = 0;
    let uniform = true;
    do {
      this.blanks();
      rows += 1;
      if (this.peek() === OPEN_BRACE) {
        const own: ReadonlySet<string> = this.object(2);
        keys ??= own;
        if (own !== keys && !sameKeys(own, keys)) uniform = false;
      } else {
        uniform = false;
        this.value(1);
      }
      this.blanks();
    } while (this.#takes(COMMA));
    this.#expect(CLOSE_BRACKET);
    return { form: 'array', keys: [...(keys ?? [])], rows, uniform };
  }

  object(depth: number): ReadonlySet<string> {
    const keys = new Set<string>();
    this.#members(depth, keys);
    return keys;
  }

  value(depth: number): void {
    switch (this.peek()) {
      case OPEN_BRACE:
        return this.#members(depth + 1, null);
      case OPEN_BRACKET:
        return this.#elements(depth + 1);
      case QUOTE:
        return this.#string();
      case 0x74:
        return this.#word('true');
      case 0x66:
        return this.#word('false');
      case 0x6e:
        return this.#word('null');
      default:
        return this.#pattern(NUMBER);
    }
  }

  #members(depth: number, keys: Set<string> | null): void {
    this.#enter(depth);
    if (this.#takes(CLOSE_BRACE)) return;
    do {
      this.blanks();
      const start = this.#position;
      if (this.peek() !== QUOTE) invalid();
      this.#string();
      keys?.add(this.#key(start));
      this.blanks();
      this.#expect(COLON);
      this.blanks();
      this.value(depth);
      this.blanks();
    } while (this.#takes(COMMA));
    this.#expect(CLOSE_BRACE);
  }

  #elements(depth: number): void {
    this.#enter(depth);
    if (this.#takes(CLOSE_BRACKET)) return;
    do {
      this.blanks();
      this.value(depth);
      this.blanks();
    } while (this.#takes(COMMA));
    this.#expect(CLOSE_BRACKET);
  }

  #enter(depth: number): void {
    if (depth > MAX_JSON_DEPTH) invalid();
    this.#position += 1;
    this.blanks();
  }

  #string(): void {
    this.#position += 1;
    for (;;) {
      const code = this.peek();
      if (code === QUOTE) break;
      if (Number.isNaN(code) || code < 0x20) invalid();
      this.#position += 1;
      if (code === BACKSLASH) this.#pattern(ESCAPE);
    }
    this.#position += 1;
  }

  /** The key whose string began at `start` and ended here. */
  #key(start: number): string {
    const raw = this.#text.slice(start, this.#position);
    // Already checked to be a JSON string, so parsing gives a string.
    return raw.includes('\\') ? (JSON.parse(raw) as string) : raw.slice(1, -1);
  }

  #word(word: string): void {
    if (!this.#text.startsWith(word, this.#position)) invalid();
    this.#position += word.length;
  }

  #pattern(pattern: RegExp): void {
    pattern.lastIndex = this.#position;
    if (!pattern.test(this.#text)) invalid();
    this.#position = pattern.lastIndex;
  }

  #takes(code: number): boolean {
    if (this.peek() !== code) return false;
    this.#position += 1;
    return true;
  }

  #expect(code: number): void {
    if (!this.#takes(code)) invalid();
  }
}

function sameKeys(left: ReadonlySet<string>, right: ReadonlySet<string>): boolean {
  if (left.size !== right.size) return false;
  for (const key of left) if (!right.has(key)) return false;
  return true;
}

function invalid(): never {
  throw restErrors.badBody('Empty or invalid json');
}
