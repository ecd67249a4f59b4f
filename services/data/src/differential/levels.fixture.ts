import fc from 'fast-check';
import { filterOn, type Filter } from './filters.fixture.ts';
import type { Kind, Table, Way } from './tables.fixture.ts';
import { identifier, ORDERED } from './values.fixture.ts';

/** A column, cast, JSON path or computed column of a select list. */
export interface Item {
  readonly text: string;
  readonly name: string;
  readonly sql: (a: string) => string;
}

export interface OrderTerm {
  readonly text: string;
  readonly sql: (a: string) => string;
}

export type Test = 'is.null' | 'not.is.null' | null;

/** Rows of a relationship, inside the rows of another. */
export interface EmbedPart {
  readonly way: Way;
  readonly alias: string | null;
  readonly inner: boolean;
  readonly left: boolean;
  readonly spread: boolean;
  /** `rel()`: joined and filtered, not shown. */
  readonly hidden: boolean;
  readonly test: Test;
  /** The rows above are ordered by the key of this to-one embed. */
  readonly leads: boolean;
  readonly level: Level;
}

/** What a select list shows, of which rows, in which order. */
export interface Level {
  readonly table: Table;
  readonly items: readonly Item[];
  readonly embeds: readonly EmbedPart[];
  readonly filters: readonly Filter[];
  readonly order: readonly OrderTerm[];
  readonly limit: number | null;
  readonly offset: number | null;
}

const CASTS: Readonly<Partial<Record<Kind, readonly string[]>>> = {
  int: ['text', 'numeric', 'double precision'],
  numeric: ['int', 'text'],
  bigint: ['text'],
  date: ['text', 'timestamp'],
  boolean: ['text', 'int'],
  enum: ['text'],
  uuid: ['text'],
  texts: ['text'],
  jsonb: ['text'],
};
const PATHS = [
  ['->k', `-> 'k'`],
  ['->>t', `->> 't'`],
  ['->a->0', `-> 'a' -> 0`],
  ['->a->1->b', `-> 'a' -> 1 -> 'b'`],
  ['->-1', '-> -1'],
] as const;

function itemsOf(table: Table): fc.Arbitrary<readonly Item[]> {
  const column = fc.constantFrom(...Object.keys(table.columns));
  const plain = column.map((name): Item => ({ text: name, name, sql: (a) => `${a}.${identifier(name)}` }));
  const renamed = fc
    .tuple(column, fc.constantFrom('c1', 'c2', 'Ω', 'a b'))
    .map(([name, alias]): Item => ({ text: `${alias}:${name}`, name: alias, sql: (a) => `${a}.${identifier(name)}` }));
  const castable = Object.entries(table.columns).flatMap(([name, kind]) =>
    (CASTS[kind] ?? []).map((type): Item => ({
      text: `cast_${name}:${name}::${type}`,
      name: `cast_${name}`,
      sql: (a) => `${a}.${identifier(name)}::${type}`,
    })),
  );
  const paths = Object.entries(table.columns).flatMap(([name, kind]) =>
    kind !== 'jsonb' && kind !== 'json'
      ? []
      : PATHS.map(([text, sql], index): Item => ({
          text: `p${index}:${name}${text}`,
          name: `p${index}`,
          sql: (a) => `${a}.${identifier(name)} ${sql}`,
        })),
  );
  const computed = table.computed.map((name): Item => ({ text: name, name, sql: (a) => `public.${name}(${a})` }));
  const special = [...castable, ...paths, ...computed];
  const item = fc.oneof(
    { weight: 5, arbitrary: plain },
    { weight: 1, arbitrary: renamed },
    ...(special.length === 0 ? [] : [{ weight: 2, arbitrary: fc.constantFrom(...special) }]),
  );
  const star: Item = { text: '*', name: '*', sql: (a) => `${a}.*` };
  const chosen = fc.uniqueArray(item, { minLength: 1, maxLength: 4, selector: ({ name }) => name });
  // A view made with columns of its own stands for all its columns; a table's star has those kept for policies too.
  return fc.oneof({ weight: 5, arbitrary: chosen }, { weight: 1, arbitrary: fc.constant([star]) });
}

function orderOf(table: Table): fc.Arbitrary<readonly OrderTerm[]> {
  const sortable = Object.entries(table.columns).flatMap(([name, kind]) =>
    ORDERED.has(kind) ? [{ text: name, sql: (a: string) => `${a}.${identifier(name)}` }] : [],
  );
  const paths = Object.entries(table.columns).flatMap(([name, kind]) =>
    kind === 'jsonb' ? [{ text: `${name}->>k`, sql: (a: string) => `${a}.${identifier(name)} ->> 'k'` }] : [],
  );
  const computed = table.computed.map((name) => ({ text: name, sql: (a: string) => `public.${name}(${a})` }));
  const term = fc
    .tuple(
      fc.constantFrom(...sortable, ...paths, ...computed),
      fc.constantFrom('', '.asc', '.desc'),
      fc.constantFrom('', '.nullsfirst', '.nullslast'),
    )
    .map(([{ text, sql }, direction, nulls]): OrderTerm => ({
      text: `${text}${direction}${nulls}`,
      sql: (a) => `${sql(a)} ${direction.slice(1)} ${nulls.replace('.nulls', 'nulls ')}`,
    }));
  return fc.uniqueArray(term, { maxLength: 2, selector: ({ text }) => text });
}

function embedOf(way: Way, index: number, depth: number): fc.Arbitrary<EmbedPart> {
  return fc
    .record({
      way: fc.constant(way),
      alias: fc.option(fc.constant(`z${index}`), { freq: 3 }),
      inner: fc.boolean(),
      left: fc.boolean(),
      kind: fc.constantFrom('shown', 'shown', 'shown', 'spread', 'hidden'),
      test: fc.oneof(
        { weight: 4, arbitrary: fc.constant(null) },
        { weight: 1, arbitrary: fc.constantFrom('is.null' as const, 'not.is.null' as const) },
      ),
      leads: fc.boolean(),
      level: levelOf(way.table(), depth),
    })
    .map(({ kind, inner, left, leads, alias, level, ...rest }): EmbedPart => {
      const spread = kind === 'spread';
      // Members of a spread stand among those of the level above, so they take names nobody has.
      const lifted = spread
        ? {
            ...level,
            items: uniqueItems(level, `s${depth}${index}`),
            embeds: level.embeds
              .filter((embed) => !embed.spread && !embed.hidden)
              .map((embed) => ({ ...embed, alias: `s${depth}${index}${embed.alias ?? embed.way.word}` })),
          }
        : level;
      return {
        ...rest,
        inner,
        left: left && !inner,
        alias: spread ? null : alias,
        spread,
        hidden: kind === 'hidden',
        leads: leads && rest.way.toOne && rest.way.table().columns['id'] !== undefined,
        level: kind === 'hidden' ? { ...level, items: [], embeds: [] } : lifted,
      };
    });
}

function uniqueItems({ items, table }: Level, prefix: string): readonly Item[] {
  const named = items.map(({ text, sql }, index): Item => {
    const bare = text.replace(/^[^:>]+:(?!:)/, '');
    return { text: `${prefix}${index}:${bare}`, name: `${prefix}${index}`, sql };
  });
  if (items[0]?.name !== '*') return named;
  const key = table.key[0] ?? '';
  return [{ text: `${prefix}:${key}`, name: prefix, sql: (a) => `${a}.${identifier(key)}` }];
}

/** Rows of a table with embeds up to `depth` levels below them. */
export function levelOf(table: Table, depth: number): fc.Arbitrary<Level> {
  const embeds: fc.Arbitrary<readonly EmbedPart[]> =
    depth === 0 || table.ways.length === 0
      ? fc.constant([])
      : fc
          .uniqueArray(fc.constantFrom(...table.ways), { maxLength: 2, selector: ({ word }) => word })
          .chain((ways) => fc.tuple(...ways.map((way, index) => embedOf(way, index, depth - 1))));
  return fc.record({
    table: fc.constant(table),
    items: itemsOf(table),
    embeds,
    filters: fc.array(filterOn(table), { maxLength: depth === 2 ? 2 : 1 }),
    order: orderOf(table),
    limit: fc.option(fc.integer({ min: 0, max: 12 })),
    offset: fc.option(fc.integer({ min: 0, max: 3 }), { freq: 2 }),
  });
}
