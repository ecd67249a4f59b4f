import { createRowSource, type GridRow, type OwnRowSource } from '@ashlar/ui/grid';
import { runSql, type SqlCall } from '../../../api/run-sql.ts';
import type { FilterGroup } from './filter.ts';
import { keyValues } from './row-key.ts';
import { rowOfTexts } from './row-of-texts.ts';
import { countSql, rowsByKeySql, rowsSql, type RowView } from './row-query.ts';
import type { TableShape } from './table-shape.ts';

const PAGE_SIZE = 100;
/** Counting this many takes milliseconds; beyond, the planner's estimate is shown. */
const COUNT_EXACTLY_UP_TO = 50_000;

export interface RowCount {
  readonly count: number;
  readonly isEstimate: boolean;
}

export async function countRows(
  ref: string,
  shape: TableShape,
  filter: FilterGroup,
  signal?: AbortSignal,
): Promise<RowCount> {
  const call = { ...eyesOf(shape), ...(signal === undefined ? {} : { signal }) } as const;
  const exactly = await runSql(ref, { ...call, sql: countSql(shape, filter, COUNT_EXACTLY_UP_TO + 1) });
  const count = Number(exactly[0]?.rows[0]?.[0] ?? 0);
  if (count <= COUNT_EXACTLY_UP_TO) return { count, isEstimate: false };
  const sql = rowsSql(shape, { filter, sort: [] }, { after: null, offset: 0, limit: 2_000_000_000 });
  const planned = await runSql(ref, { ...call, sql, explain: 'plan' });
  return { count: Math.max(count, estimateOf(planned[0]?.rows[0]?.[0] ?? '')), isEstimate: true };
}

function eyesOf({ seenBy }: TableShape): Pick<SqlCall, 'as' | 'claims'> {
  return seenBy === undefined ? { as: 'reader' } : { as: seenBy.role, claims: seenBy.claims };
}

function estimateOf(plan: string): number {
  const [read]: readonly { readonly Plan?: { readonly 'Plan Rows'?: number } }[] = JSON.parse(plan);
  return read?.Plan?.['Plan Rows'] ?? 0;
}

/** Rows by their keys, those that are there; a few hundred at most. */
export async function readByKeys(
  ref: string,
  shape: TableShape,
  keys: readonly (readonly string[])[],
  signal: AbortSignal,
): Promise<readonly GridRow[]> {
  const sql = rowsByKeySql(shape, keys);
  const [result] = await runSql(ref, { sql, as: 'reader', signal });
  return result === undefined || result.cut ? [] : result.rows.map((texts, at) => rowOfTexts(shape, texts, at));
}

/** The texts of a result too large for one answer would end in the middle. */
export class RowsTooLarge extends Error {}

/**
 * The rows of a table by number. Without a chosen order a page begins where the nearest page before it ended, so that
 * the end of a large table is no further than its beginning.
 *
 * @param onEnd Hears where the rows end, when that is not where they were thought to.
 */
export function openRows(
  ref: string,
  shape: TableShape,
  view: RowView,
  count: number,
  onEnd: (count: number) => void,
): OwnRowSource {
  const ends = new Map<number, readonly string[]>();
  const mayJump = view.sort.length === 0 && shape.key.length > 0;

  function nearest(page: number): { readonly page: number; readonly after: readonly string[] | null } {
    const before = mayJump ? Math.max(-1, ...[...ends.keys()].filter((end) => end < page)) : -1;
    return { page: before + 1, after: ends.get(before) ?? null };
  }

  const source = createRowSource({
    pageSize: PAGE_SIZE,
    count,
    async page(n, signal): Promise<readonly GridRow[]> {
      const { page, after } = nearest(n);
      const window = { after, offset: (n - page) * PAGE_SIZE, limit: PAGE_SIZE };
      const [result] = await runSql(ref, { ...eyesOf(shape), sql: rowsSql(shape, view, window), signal });
      if (result === undefined || result.cut) throw new RowsTooLarge();
      const rows = result.rows.map((texts, at) => rowOfTexts(shape, texts, n * PAGE_SIZE + at));
      const last = keyValues(rows.at(-1)?.key ?? '');
      if (rows.length === PAGE_SIZE && last !== null) ends.set(n, last);
      if (rows.length > 0 && rows.length < PAGE_SIZE) {
        const end = n * PAGE_SIZE + rows.length;
        if (end !== source.count) onEnd(end);
      }
      return rows;
    },
  });
  return {
    ...source,
    get count() {
      return source.count;
    },
    reset(next) {
      ends.clear();
      source.reset(next);
    },
  };
}
