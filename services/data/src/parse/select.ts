import { MAX_EMBED_DEPTH, MAX_EMBEDS, MAX_SELECT_ITEMS } from './bounds.ts';
import { Cursor } from './cursor.ts';
import { type Field, parseJsonPath } from './field.ts';
import { parseName } from './name.ts';

export type AggregateFunction = 'sum' | 'avg' | 'count' | 'max' | 'min';

export interface Aggregate {
  readonly name: AggregateFunction;
  /** Cast of the aggregate's result. */
  readonly cast: string | null;
}

export type SelectItem =
  | { readonly kind: 'star' }
  | {
      readonly kind: 'field';
      readonly field: Field;
      readonly alias: string | null;
      /** Cast of the column, before any aggregate. */
      readonly cast: string | null;
      readonly aggregate: Aggregate | null;
    }
  /** `count()`: the rows of the group. */
  | { readonly kind: 'count'; readonly alias: string | null; readonly cast: string | null }
  | EmbedItem;

export interface EmbedItem {
  readonly kind: 'embed';
  readonly target: string;
  readonly alias: string | null;
  readonly hint: string | null;
  readonly inner: boolean;
  readonly spread: boolean;
  readonly items: readonly SelectItem[];
}

const AGGREGATES: readonly AggregateFunction[] = ['sum', 'avg', 'count', 'max', 'min'];
const TYPE_NAME = /[\p{L}\p{N}_$ ]+/uy;

/** `id,name:title,author:users!inner(id),...meta(kind)`; an empty text selects nothing. */
export function parseSelect(text: string): readonly SelectItem[] {
  const cursor = new Cursor(text, 'select parameter');
  const items = new SelectParser(cursor).list(0);
  cursor.expectEnd('"," or end of input');
  return items;
}

class SelectParser {
  readonly #cursor: Cursor;
  #items = 0;
  #embeds = 0;

  constructor(cursor: Cursor) {
    this.#cursor = cursor;
  }

  list(depth: number): readonly SelectItem[] {
    const cursor = this.#cursor;
    const items: SelectItem[] = [];
    cursor.skipBlanks();
    if (cursor.done || cursor.peek() === ')') return items;
    do {
      this.#items += 1;
      if (this.#items > MAX_SELECT_ITEMS) cursor.fail(`at most ${MAX_SELECT_ITEMS} selected items`);
      items.push(this.#item(depth));
      cursor.skipBlanks();
    } while (cursor.take(','));
    return items;
  }

  #item(depth: number): SelectItem {
    const cursor = this.#cursor;
    cursor.skipBlanks();
    if (cursor.take('...')) return this.#embed(parseName(cursor), null, true, depth);
    if (cursor.take('*')) return { kind: 'star' };
    const first = parseName(cursor);
    const aliased = cursor.peek() === ':' && !cursor.startsWith('::');
    if (aliased) cursor.position += 1;
    const alias = aliased ? first : null;
    const name = aliased ? parseName(cursor) : first;
    if (name === 'count' && cursor.take('()')) return { kind: 'count', alias, cast: this.#cast() };
    if (cursor.peek() === '!' || cursor.peek() === '(') return this.#embed(name, alias, false, depth);
    const field = { name, path: parseJsonPath(cursor) };
    return { kind: 'field', field, alias, cast: this.#cast(), aggregate: this.#aggregate() };
  }

  #embed(target: string, alias: string | null, spread: boolean, depth: number): EmbedItem {
    const cursor = this.#cursor;
    this.#embeds += 1;
    if (this.#embeds > MAX_EMBEDS) cursor.fail(`at most ${MAX_EMBEDS} embedded resources`);
    if (depth === MAX_EMBED_DEPTH) cursor.fail(`at most ${MAX_EMBED_DEPTH} levels of embedded resources`);
    let hint: string | null = null;
    let inner = false;
    while (cursor.take('!')) {
      const word = parseName(cursor);
      if (word === 'inner') inner = true;
      else if (word !== 'left') hint = word;
    }
    cursor.expect('(');
    const items = this.list(depth + 1);
    cursor.expect(')', '"," or ")"');
    return { kind: 'embed', target, alias, hint, inner, spread, items };
  }

  #cast(): string | null {
    const cursor = this.#cursor;
    if (!cursor.take('::')) return null;
    TYPE_NAME.lastIndex = cursor.position;
    const type = TYPE_NAME.exec(cursor.text)?.[0].trim() ?? '';
    if (type === '') cursor.fail('a type name');
    cursor.position = TYPE_NAME.lastIndex;
    return type;
  }

  #aggregate(): Aggregate | null {
    const cursor = this.#cursor;
    if (!cursor.take('.')) return null;
    const name = AGGREGATES.find((candidate) => cursor.startsWith(`${candidate}()`));
    if (name === undefined) return cursor.fail(`an aggregate (${AGGREGATES.join(', ')}) with "()"`);
    cursor.position += name.length + 2;
    return { name, cast: this.#cast() };
  }
}
