import { createRowSource, type GridRow, type OwnRowSource } from '@ashlar/ui/grid';
import { runSql } from '../../../api/run-sql.ts';
import type { FilterGroup } from './filter.ts';
import { rowOfTexts } from './row-of-texts.ts';
import { groupsSql, rowsSql, type RowView } from './row-query.ts';
import type { ShapeColumn, TableShape } from './table-shape.ts';

interface RowGroup {
  readonly value: string | null;
  readonly label: string;
  readonly count: number;
}

/** Rows put together by a column: headings with counts and sums, and below those that are open, their rows. */
export interface GroupedRows {
  readonly source: OwnRowSource;
  readonly toggle: (row: GridRow) => void;
}

export interface GroupWords {
  /** For rows without a value. */
  readonly empty: string;
  readonly locale: string;
}

const PAGE_SIZE = 100;
/** A column with more values than anybody opens one by one. */
const MAX_GROUPS = 2_000;
const MAX_SUMS = 3;
const SUMMED = /^(smallint|integer|bigint|numeric|real|double precision)/;
const HEADING = 'group ';

/** @param onFailure Hears why the groups could not be read. */
export function openGroups(
  ref: string,
  shape: TableShape,
  view: RowView,
  column: ShapeColumn,
  words: GroupWords,
  onFailure: (error: unknown) => void,
): GroupedRows {
  const sums = shape.columns.filter(isSummed).slice(0, MAX_SUMS);
  const opened = new Set<string>();
  let groups: readonly RowGroup[] = [];
  let reading = new AbortController();

  const isOpen = (group: RowGroup): boolean => opened.has(nameOf(group.value));
  const total = (): number => groups.reduce((sum, group) => sum + 1 + (isOpen(group) ? group.count : 0), 0);

  async function readGroups(): Promise<void> {
    reading.abort();
    reading = new AbortController();
    const { signal } = reading;
    const sql = groupsSql(
      shape,
      view,
      column,
      sums.map(({ name }) => name),
      MAX_GROUPS,
    );
    try {
      const [found] = await runSql(ref, { sql, as: 'reader', maxRows: MAX_GROUPS, signal });
      groups = (found?.rows ?? []).map(([value = null, label = null, count, ...totals]) => ({
        value,
        // A text without letters is a value too, and would leave the heading without a name.
        label: [
          (label ?? value) === '' ? '""' : (label ?? value ?? words.empty),
          ...totals.map((sum, at) => sumText(sums[at]?.name ?? '', sum)),
        ].join(' · '),
        count: Number(count),
      }));
      inner.reset(total());
    } catch (error) {
      if (!signal.aborted) onFailure(error);
    }
  }

  function sumText(name: string, sum: string | null): string {
    return `Σ ${name} ${sum === null ? '–' : Number(sum).toLocaleString(words.locale, { maximumFractionDigits: 20 })}`;
  }

  async function readPart(
    group: RowGroup,
    offset: number,
    limit: number,
    signal: AbortSignal,
  ): Promise<readonly GridRow[]> {
    const filter = within(view.filter, column.name, group.value);
    const sql = rowsSql(shape, { ...view, filter }, { after: null, offset, limit });
    const [result] = await runSql(ref, { sql, as: 'reader', signal });
    return (result?.rows ?? []).map((texts, at) => ({ ...rowOfTexts(shape, texts, offset + at), depth: 1 }));
  }

  const inner = createRowSource({
    pageSize: PAGE_SIZE,
    count: 0,
    async page(n, signal) {
      const [first, end] = [n * PAGE_SIZE, (n + 1) * PAGE_SIZE];
      const parts: Promise<readonly GridRow[]>[] = [];
      let at = 0;
      for (const group of groups) {
        if (at >= first && at < end) parts.push(Promise.resolve([headingOf(group, isOpen(group))]));
        const begin = at + 1;
        at = begin + (isOpen(group) ? group.count : 0);
        const [from, to] = [Math.max(first, begin), Math.min(end, at)];
        if (from < to)
          parts.push(filled(readPart(group, from - begin, to - from, signal), group, from - begin, to - from));
        if (at >= end) break;
      }
      return (await Promise.all(parts)).flat();
    },
  });
  void readGroups();

  return {
    source: {
      ...inner,
      get count() {
        return inner.count;
      },
      // Groups may have come, gone or grown.
      reset: () => void readGroups(),
    },
    toggle({ key }) {
      const name = key.slice(HEADING.length);
      if (!opened.delete(name)) opened.add(name);
      inner.reset(total());
    },
  };
}

/** Rows that went meanwhile leave places behind, so that those after them stand where they are looked for. */
async function filled(
  reading: Promise<readonly GridRow[]>,
  group: RowGroup,
  offset: number,
  length: number,
): Promise<readonly GridRow[]> {
  const rows = await reading;
  const missing = Array.from({ length: length - rows.length }, (_, at): GridRow => ({
    key: `gone ${nameOf(group.value)} ${offset + rows.length + at}`,
    values: {},
    depth: 1,
  }));
  return [...rows, ...missing];
}

function headingOf({ value, label, count }: RowGroup, isOpen: boolean): GridRow {
  return { key: `${HEADING}${nameOf(value)}`, values: {}, depth: 0, group: { label, count, isOpen } };
}

function nameOf(value: string | null): string {
  return value === null ? 'null' : `=${value}`;
}

function within(filter: FilterGroup, field: string, value: string | null): FilterGroup {
  const part = value === null ? ({ field, op: 'isNull', value: '' } as const) : ({ field, op: 'eq', value } as const);
  return { join: 'and', parts: filter.parts.length === 0 ? [part] : [filter, part] };
}

function isSummed({ type, isKey, pointer }: ShapeColumn): boolean {
  return SUMMED.test(type) && !isKey && pointer === null;
}
