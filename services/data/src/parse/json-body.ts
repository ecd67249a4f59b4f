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
 * Checks that bytes are JSON and reads the keys of its rows, without building a value: numbers keep the digits they
 * were written with, and memory does not grow with the body.
 *
 * @param bytes Valid UTF-8, without a byte order mark.
 * @throws PGRST102 for what is no JSON or nests too deep.
 */
export function outlineJson(bytes: Buffer): JsonOutline {
  const scanner = new JsonScanner(bytes);
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
const MINUS = 0x2d;
const PLUS = 0x2b;
const DOT = 0x2e;
const ZERO = 0x30;
const LETTER_E = 0x65;
const LETTER_U = 0x75;
const ESCAPED: ReadonlySet<number> = new Set(Buffer.from('"\\/bfnrt'));
const WORDS = { true: Buffer.from('true'), false: Buffer.from('false'), null: Buffer.from('null') };
/** Turns A-Z into a-z, and leaves digits as they are. */
const LOWER = 0x20;
/** What `peek` gives behind the last byte. */
const END = -1;

class JsonScanner {
  readonly #bytes: Buffer;
  #position = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  peek(): number {
    return this.#bytes[this.#position] ?? END;
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
    if (this.#position < this.#bytes.length) invalid();
  }

  rows(): JsonOutline {
    this.#position += 1;
    this.blanks();
    if (this.#takes(CLOSE_BRACKET)) return { form: 'array', keys: [], rows: 0, uniform: true };
    let keys: ReadonlySet<string> | null = null;
    const rawKeys: Buffer[] = [];
    let rows = 0;
    let uniform = true;
    do {
      this.blanks();
      rows += 1;
      if (this.peek() === OPEN_BRACE) {
        if (keys === null) keys = this.object(2, rawKeys);
        // Nearly always a row is written like the first; only where not are its keys read.
        else if (!this.#repeats(rawKeys) && !sameKeys(this.object(2), keys)) uniform = false;
      } else {
        uniform = false;
        this.value(1);
      }
      this.blanks();
    } while (this.#takes(COMMA));
    this.#expect(CLOSE_BRACKET);
    return { form: 'array', keys: [...(keys ?? [])], rows, uniform };
  }

  /** @param raw Gets the keys as they are written. */
  object(depth: number, raw: Buffer[] = []): ReadonlySet<string> {
    const keys = new Set<string>();
    this.#members(depth, (start, end) => {
      keys.add(this.#key(start, end));
      raw.push(this.#bytes.subarray(start, end));
    });
    return keys;
  }

  /** Steps over an object with exactly these keys in this order; stays before any other. */
  #repeats(raw: readonly Buffer[]): boolean {
    const before = this.#position;
    let seen = 0;
    let equal = true;
    this.#members(2, (start, end) => {
      const expected = raw[seen];
      seen += 1;
      equal &&= expected !== undefined && this.#bytes.compare(expected, 0, expected.length, start, end) === 0;
    });
    if (equal && seen === raw.length) return true;
    this.#position = before;
    return false;
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
        return this.#word(WORDS.true);
      case 0x66:
        return this.#word(WORDS.false);
      case 0x6e:
        return this.#word(WORDS.null);
      default:
        return this.#number();
    }
  }

  #members(depth: number, onKey: ((start: number, end: number) => void) | null): void {
    this.#enter(depth);
    if (this.#takes(CLOSE_BRACE)) return;
    do {
      this.blanks();
      const start = this.#position;
      if (this.peek() !== QUOTE) invalid();
      this.#string();
      onKey?.(start, this.#position);
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
      if (code < 0x20) invalid();
      this.#position += 1;
      if (code === BACKSLASH) this.#escape();
    }
    this.#position += 1;
  }

  /** The key whose string stands there, quotes included. */
  #key(start: number, end: number): string {
    const raw = this.#bytes.toString('utf8', start, end);
    // Already checked to be a JSON string, so parsing gives a string.
    return raw.includes('\\') ? (JSON.parse(raw) as string) : raw.slice(1, -1);
  }

  #word(word: Buffer): void {
    for (const byte of word) this.#expect(byte);
  }

  /** `-1.5e+3` and the like; no digit may follow a leading zero. */
  #number(): void {
    this.#takes(MINUS);
    if (!this.#takes(ZERO)) this.#digits();
    if (this.#takes(DOT)) this.#digits();
    if ((this.peek() | LOWER) !== LETTER_E) return;
    this.#position += 1;
    if (!this.#takes(PLUS)) this.#takes(MINUS);
    this.#digits();
  }

  #digits(): void {
    const start = this.#position;
    while (isDigit(this.peek())) this.#position += 1;
    if (this.#position === start) invalid();
  }

  #escape(): void {
    if (!this.#takes(LETTER_U)) {
      if (!ESCAPED.has(this.peek())) invalid();
      this.#position += 1;
      return;
    }
    for (let digits = 0; digits < 4; digits += 1) {
      if (!isHexDigit(this.peek())) invalid();
      this.#position += 1;
    }
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

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

function isHexDigit(byte: number): boolean {
  const lower = byte | LOWER;
  return isDigit(byte) || (lower >= 0x61 && lower <= 0x66);
}

function sameKeys(left: ReadonlySet<string>, right: ReadonlySet<string>): boolean {
  if (left.size !== right.size) return false;
  for (const key of left) if (!right.has(key)) return false;
  return true;
}

function invalid(): never {
  throw restErrors.badBody('Empty or invalid json');
}
