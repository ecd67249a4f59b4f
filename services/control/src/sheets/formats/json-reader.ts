import { type Cell, FileFault, MAX_ROW_LENGTH } from './source-row.ts';

/**
 * Objects out of a JSON array, or of lines with an object each, in texts that end anywhere: only one of them is in
 * memory at a time.
 */
export class JsonReader {
  #item = '';
  #depth = 0;
  #isInText = false;
  #isEscaped = false;
  #isArray: boolean | null = null;
  #isOver = false;
  #row = 0;

  /** @returns Members as cells; null for an item that is no object. @throws {FileFault} */
  *push(text: string): Generator<ReadonlyMap<string, Cell> | null> {
    let from = 0;
    for (let at = 0; at < text.length; at += 1) {
      const sign = text[at] ?? '';
      if (this.#isInText) {
        if (this.#isEscaped) this.#isEscaped = false;
        else if (sign === '\\') this.#isEscaped = true;
        else if (sign === '"') this.#isInText = false;
        continue;
      }
      if (sign === '"') this.#isInText = true;
      else if (sign === '{' || sign === '[') {
        if (
          this.#depth === 0 &&
          this.#isArray === null &&
          this.#item.trim() === '' &&
          text.slice(from, at).trim() === ''
        ) {
          this.#isArray = sign === '[';
          if (this.#isArray) {
            from = at + 1;
            continue;
          }
        }
        this.#depth += 1;
      } else if (sign === '}' || sign === ']') {
        if (this.#depth === 0) {
          if (sign !== ']' || this.#isArray !== true) throw new FileFault('not-json', this.#row + 1);
          yield* this.#take(text.slice(from, at));
          this.#isOver = true;
          this.#isArray = false;
          from = at + 1;
        } else this.#depth -= 1;
      } else if (this.#depth === 0 && (this.#isArray === true ? sign === ',' : sign === '\n')) {
        yield* this.#take(text.slice(from, at));
        from = at + 1;
      }
    }
    this.#item += text.slice(from);
    if (this.#item.length > MAX_ROW_LENGTH) throw new FileFault('row-too-large', this.#row + 1);
  }

  /** What is left when there is no more. */
  *end(): Generator<ReadonlyMap<string, Cell> | null> {
    if (this.#depth !== 0 || this.#isInText || this.#isArray === true) throw new FileFault('not-json', this.#row + 1);
    yield* this.#take('');
  }

  *#take(more: string): Generator<ReadonlyMap<string, Cell> | null> {
    const item = (this.#item + more).trim();
    this.#item = '';
    if (item === '') return;
    if (this.#isOver) throw new FileFault('not-json', this.#row + 1);
    this.#row += 1;
    yield membersOf(item, this.#row);
  }
}

/** Figures stay as they are written: a number of JavaScript would round large ones. */
function membersOf(item: string, row: number): ReadonlyMap<string, Cell> | null {
  let value: unknown;
  try {
    value = parseExactly(item);
  } catch {
    throw new FileFault('not-json', row);
  }
  // A number is an object by now.
  if (!item.startsWith('{') || typeof value !== 'object' || value === null) return null;
  return new Map(Object.entries(value).map(([name, member]) => [name, cellOf(member)]));
}

function cellOf(member: unknown): Cell {
  if (member === null || member === undefined) return null;
  return typeof member === 'string' ? member : JSON.stringify(member);
}

/** The language's own way to keep a number's text, which the compiler's library does not declare yet. */
const { rawJSON } = JSON as unknown as { readonly rawJSON: (text: string) => unknown };
type Reviver = (this: unknown, key: string, value: unknown, context: { readonly source?: string }) => unknown;

const keepFigures: Reviver = (_key, value, { source }) =>
  typeof value === 'number' && source !== undefined ? rawJSON(source) : value;

function parseExactly(text: string): unknown {
  return JSON.parse(text, keepFigures as (this: unknown, key: string, value: unknown) => unknown);
}
