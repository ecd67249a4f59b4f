import type { SortKey } from '@ashlar/ui/grid';
import { type Condition, type FilterGroup, isGroup } from './filter.ts';
import { ident, literal, qualified } from './quote.ts';
import type { ShapeColumn, TableShape } from './table-shape.ts';

/** Which rows, in which order. */
export interface RowView {
  readonly filter: FilterGroup;
  readonly sort: readonly SortKey[];
}

export interface RowWindow {
  /** Key of the row before the first one; with it the server need not go through all rows before. */
  readonly after: readonly string[] | null;
  readonly offset: number;
  readonly limit: number;
}

/** Every column as text, then what to show in place of each foreign key. The table is called `t`. */
export function rowTexts({ columns }: TableShape): readonly string[] {
  return [
    ...columns.map(({ name }) => `t.${ident(name)}::text`),
    ...columns.flatMap(({ name, pointer }) =>
      pointer === null || pointer.label === null
        ? []
        : [
            `(select r.${ident(pointer.label)}::text from ${qualified(pointer)} r ` +
              `where r.${ident(pointer.column)} = t.${ident(name)} limit 1)`,
          ],
    ),
  ];
}

export function rowsSql(shape: TableShape, { filter, sort }: RowView, { after, offset, limit }: RowWindow): string {
  const conditions = [whereSql(shape, filter), after === null ? null : afterSql(shape, after)];
  const where = conditions.filter((one) => one !== null).join(' and ');
  const order = orderSql(shape, sort);
  return [
    `select ${rowTexts(shape).join(', ')} from ${qualified(shape)} t`,
    ...(where === '' ? [] : [`where ${where}`]),
    ...(order === '' ? [] : [`order by ${order}`]),
    `limit ${limit} offset ${offset}`,
  ].join(' ');
}

/** The whole of a view, as a file has it: values themselves, under the names of their columns. */
export function exportSql(shape: TableShape, { filter, sort }: RowView, hidden: readonly string[]): string {
  const columns = shape.columns.filter(({ name }) => !hidden.includes(name)).map(({ name }) => `t.${ident(name)}`);
  const where = whereSql(shape, filter);
  const order = orderSql(shape, sort);
  return [
    `select ${columns.join(', ')} from ${qualified(shape)} t`,
    ...(where === null ? [] : [`where ${where}`]),
    ...(order === '' ? [] : [`order by ${order}`]),
  ].join(' ');
}

export function rowsByKeySql(shape: TableShape, keys: readonly (readonly string[])[]): string {
  const names = shape.key.map(({ name }) => `t.${ident(name)}`).join(', ');
  const values = keys.map(
    (key) => `(${shape.key.map(({ type }, at) => `${literal(key[at] ?? '')}::${type}`).join(', ')})`,
  );
  return `select ${rowTexts(shape).join(', ')} from ${qualified(shape)} t where (${names}) in (${values.join(', ')})`;
}

/** The groups a column parts the rows into: its value, what to show for it, how many, and the sums asked for. */
export function groupsSql(
  shape: TableShape,
  { filter, sort }: RowView,
  column: ShapeColumn,
  sums: readonly string[],
  most: number,
): string {
  const name = `t.${ident(column.name)}`;
  const { pointer } = column;
  const label =
    pointer === null || pointer.label === null
      ? `${name}::text`
      : `(select r.${ident(pointer.label)}::text from ${qualified(pointer)} r where r.${ident(pointer.column)} = ${name} limit 1)`;
  const where = whereSql(shape, filter);
  const isDescending = sort.find(({ field }) => field === column.name)?.isDescending === true;
  return [
    `select ${name}::text, ${label}, count(*)::text${sums.map((sum) => `, sum(t.${ident(sum)})::text`).join('')}`,
    `from ${qualified(shape)} t`,
    ...(where === null ? [] : [`where ${where}`]),
    `group by ${name} order by ${name}${isDescending ? ' desc' : ''} nulls last limit ${most}`,
  ].join(' ');
}

/** Counts no further than `most`. */
export function countSql(shape: TableShape, filter: FilterGroup, most: number | null): string {
  const where = whereSql(shape, filter);
  const rows = `select from ${qualified(shape)} t${where === null ? '' : ` where ${where}`}`;
  return `select count(*) from (${rows}${most === null ? '' : ` limit ${most}`}) as counted`;
}

/** What a filter asks, as SQL; null when it asks nothing. */
function whereSql(shape: TableShape, { join, parts }: FilterGroup): string | null {
  const asked = parts.flatMap((part) => (isGroup(part) ? whereSql(shape, part) : conditionSql(shape, part)) ?? []);
  return asked.length === 0 ? null : `(${asked.join(` ${join} `)})`;
}

const SIGNS = { eq: '=', neq: 'is distinct from', gt: '>', gte: '>=', lt: '<', lte: '<=' } as const;

/** Null for a column that is no more: an old link shows more rows rather than none. */
function conditionSql(shape: TableShape, { field, op, value }: Condition): string | null {
  const column = shape.columns.find(({ name }) => name === field);
  if (column === undefined) return null;
  const name = `t.${ident(field)}`;
  switch (op) {
    case 'isNull':
      return `${name} is null`;
    case 'isNotNull':
      return `${name} is not null`;
    case 'contains':
      return `${name}::text ilike ${literal(`%${escapeLike(value)}%`)}`;
    case 'startsWith':
      return `${name}::text ilike ${literal(`${escapeLike(value)}%`)}`;
    case 'eq':
    case 'neq':
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte':
      return column.fieldType.operators.includes('eq')
        ? `${name} ${SIGNS[op]} ${literal(value)}::${column.type}`
        : `${name}::text ${SIGNS[op]} ${literal(value)}`;
  }
}

export function escapeLike(text: string): string {
  return text.replaceAll(/[\\%_]/g, (sign) => `\\${sign}`);
}

/** The key comes last, so that the order is the same each time. */
function orderSql(shape: TableShape, sort: readonly SortKey[]): string {
  const known = sort.filter(({ field }) => shape.columns.some(({ name }) => name === field));
  const rest = shape.key.filter(({ name }) => !known.some(({ field }) => field === name));
  return [
    ...known.map(({ field, isDescending }) => `t.${ident(field)}${isDescending ? ' desc' : ''} nulls last`),
    ...rest.map(({ name }) => `t.${ident(name)}`),
  ].join(', ');
}

function afterSql({ key }: TableShape, values: readonly string[]): string {
  const given = key.map((column: ShapeColumn, at) => `${literal(values[at] ?? '')}::${column.type}`);
  return `(${key.map(({ name }) => `t.${ident(name)}`).join(', ')}) > (${given.join(', ')})`;
}
