import fc from 'fast-check';
import type { ReadCase } from './case.fixture.ts';
import { type EmbedPart, type Level, levelOf } from './levels.fixture.ts';
import { READABLE, type Way } from './tables.fixture.ts';
import { identifier } from './values.fixture.ts';

const nameOf = ({ alias, way }: EmbedPart): string => alias ?? way.word;

function selectText({ items, embeds }: Level): string {
  const parts = embeds.map((embed) => {
    const { way, alias, inner, left, spread, level } = embed;
    const join = inner ? '!inner' : left ? '!left' : '';
    return `${spread ? '...' : ''}${alias === null ? '' : `${alias}:`}${way.request}${join}(${selectText(level)})`;
  });
  return [...items.map(({ text }) => text), ...parts].join(',');
}

function orderText({ table, order, embeds }: Level): string {
  const led = embeds.filter(({ leads }) => leads).map((embed) => `${nameOf(embed)}(id).desc`);
  return [...led, ...order.map(({ text }) => text), ...table.key].join(',');
}

function parametersOf(level: Level, path: string, isSorted: boolean): [string, string][] {
  const range: [string, number | null][] = isSorted
    ? [
        ['limit', level.limit],
        ['offset', level.offset],
      ]
    : [];
  return [
    ...level.filters.map(({ key, value }): [string, string] => [`${path}${key}`, value]),
    ...(isSorted ? [[`${path}order`, orderText(level)] satisfies [string, string]] : []),
    ...range.flatMap(([key, value]): [string, string][] => (value === null ? [] : [[`${path}${key}`, String(value)]])),
    ...level.embeds.flatMap((embed): [string, string][] => [
      ...(embed.test === null ? [] : [[`${path}${nameOf(embed)}`, embed.test] satisfies [string, string]]),
      ...parametersOf(embed.level, `${path}${nameOf(embed)}.`, !embed.way.toOne),
    ]),
  ];
}

let aliases = 0;
const nextAlias = (): string => `t${(aliases += 1)}`;

function conditionsSql(level: Level, alias: string): readonly string[] {
  const tests = level.embeds.flatMap(({ way, level: child, inner, test }) => {
    const found = (): string => `exists (${rowsSql(child, way, alias)})`;
    return [...(inner ? [found()] : []), ...(test === null ? [] : [test === 'is.null' ? `not ${found()}` : found()])];
  });
  return [...level.filters.map(({ sql }) => `(${sql(alias)})`), ...tests];
}

const whereSql = (conditions: readonly string[]): string =>
  conditions.length === 0 ? '' : ` where ${conditions.join(' and ')}`;

function embedSql(embed: EmbedPart, alias: string): readonly string[] {
  const { way, level, spread, hidden } = embed;
  if (hidden) return [];
  const rows = (): string => rowsSql(level, way, alias);
  if (!spread) {
    const json = way.toOne
      ? `(select row_to_json(x) from (${rows()}) x)`
      : `coalesce((select json_agg(x) from (${rows()}) x), '[]')`;
    return [`${json} as ${identifier(nameOf(embed))}`];
  }
  const names = [...level.items.map(({ name }) => name), ...level.embeds.map(nameOf)];
  return names.map((name) => {
    const member = `x.${identifier(name)}`;
    const value = way.toOne
      ? `(select ${member} from (${rows()}) x)`
      : `coalesce((select json_agg(${member}) from (${rows()}) x), '[]')`;
    return `${value} as ${identifier(name)}`;
  });
}

/** The rows of a level as a SELECT; of an embed, those of one row above, called `parent`. */
function rowsSql(level: Level, way: Way | null, parent: string): string {
  const alias = nextAlias();
  const outputs = [
    ...level.items.map(({ name, sql }) => (name === '*' ? sql(alias) : `${sql(alias)} as ${identifier(name)}`)),
    ...level.embeds.flatMap((embed) => embedSql(embed, alias)),
  ];
  const where = whereSql([...(way === null ? [] : [way.on(alias, parent)]), ...conditionsSql(level, alias)]);
  const from = way?.from?.(parent) ?? `public.${level.table.name}`;
  // Of one row the order says nothing, and a request may not range over it.
  const range = way?.toOne === true ? '' : `${orderSql(level, alias)}${rangeSql(level)}`;
  return `select ${outputs.join(', ')} from ${from} ${alias}${where}${range}`;
}

function orderSql({ table, order, embeds }: Level, alias: string): string {
  const led = embeds
    .filter(({ leads }) => leads)
    .map(({ way, level }) => {
      const id = { text: 'id', name: 'id', sql: (a: string) => `${a}.id` };
      return `(${rowsSql({ ...level, items: [id], embeds: level.embeds.map((embed) => ({ ...embed, hidden: true })) }, way, alias)}) desc`;
    });
  return ` order by ${[...led, ...order.map(({ sql }) => sql(alias)), ...table.key.map((name) => `${alias}.${name}`)].join(', ')}`;
}

function rangeSql({ limit, offset }: Pick<Level, 'limit' | 'offset'>): string {
  return `${limit === null ? '' : ` limit ${limit}`}${offset === null ? '' : ` offset ${offset}`}`;
}

function faultsOf({ filters, embeds }: Level): number {
  const own = filters.reduce((sum, { faults }) => sum + faults, 0);
  return embeds.reduce((sum, { level }) => sum + faultsOf(level), own);
}

interface Form {
  readonly accept: string;
  readonly isOneObject: boolean;
  readonly bodySql: (rows: string) => string;
}

const list = (rows: string): string => `select coalesce(json_agg(x), '[]')::text from (${rows}) x`;
const JSON_FORM: Form = { accept: 'application/json', isOneObject: false, bodySql: list };
const FORMS: readonly Form[] = [
  {
    accept: 'text/csv',
    isOneObject: false,
    bodySql: (rows) =>
      `select coalesce((select string_agg(k, ',') from json_object_keys((select row_to_json(x) from (${rows}) x limit 1)) k), '')
        || E'\\n' || coalesce(string_agg(substring(x::text from 2 for length(x::text) - 2), E'\\n'), '') from (${rows}) x`,
  },
  {
    accept: 'application/vnd.pgrst.object+json',
    isOneObject: true,
    bodySql: (rows) => `select row_to_json(x)::text from (${rows}) x limit 1`,
  },
  {
    accept: 'application/vnd.pgrst.array+json;nulls=stripped',
    isOneObject: false,
    bodySql: (rows) => `select json_strip_nulls(coalesce(json_agg(x), '[]'))::text from (${rows}) x`,
  },
];

const ranged = fc.option(fc.tuple(fc.integer({ min: 0, max: 8 }), fc.integer({ min: 0, max: 20 })), { freq: 4 });

/** Reads of tables and views with everything a select list, a filter and an order can say. */
export const reads: fc.Arbitrary<ReadCase> = fc
  .record({
    level: fc.constantFrom(...READABLE).chain((table) => levelOf(table, 2)),
    form: fc.oneof(
      { weight: 6, arbitrary: fc.constant(JSON_FORM) },
      { weight: 1, arbitrary: fc.constantFrom(...FORMS) },
    ),
    isCounted: fc.boolean(),
    range: ranged,
  })
  .map(({ level: drawn, form, isCounted, range }): ReadCase => {
    aliases = 0;
    const level = range === null ? drawn : { ...drawn, limit: null, offset: null };
    const bounds = range === null ? level : { offset: range[0], limit: range[1] + 1 };
    const rows = rowsSql({ ...level, limit: bounds.limit, offset: bounds.offset }, null, '');
    return {
      request: {
        method: 'GET',
        path: `/${level.table.name}`,
        parameters: [['select', selectText(level)], ...parametersOf(level, '', true)],
        headers: {
          accept: form.accept,
          ...(isCounted ? { prefer: 'count=exact' } : {}),
          ...(range === null ? {} : { range: `${range[0]}-${range[0] + range[1]}` }),
        },
        body: null,
      },
      sql: form.bodySql(rows),
      rowsSql: `select count(*) from (${rows}) x`,
      countSql: isCounted
        ? `select count(*) from public.${level.table.name} t${whereSql(conditionsSql(level, 't'))}`
        : null,
      offset: bounds.offset ?? 0,
      isOneObject: form.isOneObject,
      isUnordered: false,
      faults: faultsOf(level),
    };
  });
