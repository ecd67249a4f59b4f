import {
  arabicGridMessages,
  createRowSource,
  englishGridMessages,
  type Field,
  fieldTypeOf,
  Grid,
} from '@ashlar/ui/grid';
// oxlint-disable-next-line import/no-unassigned-import -- a style sheet has no name
import '@ashlar/ui/grid/grid.css';
import { type ReactNode, useMemo } from 'react';
import type { SqlResult } from '../../api/sql-console.ts';
import { useLanguage } from '../../texts/language.tsx';

const PAGE_SIZE = 200;
const SAMPLE = 50;
const MIN_WIDTH = 88;
const MAX_WIDTH = 360;
const CHARACTER_WIDTH = 8;
const PADDING = 32;

/** As wide as the longest of the first values and the head want it, within bounds. */
function widthOf({ columns, rows }: SqlResult, column: number): number {
  const head = (columns[column]?.name.length ?? 0) + (columns[column]?.type.length ?? 0);
  const longest = rows.slice(0, SAMPLE).reduce((most, row) => Math.max(most, row[column]?.length ?? 0), head);
  return Math.min(MAX_WIDTH, Math.max(MIN_WIDTH, longest * CHARACTER_WIDTH + PADDING));
}

/** The rows of a result: looked at, chosen and copied, never changed. */
export function ResultGrid({ result, label }: { readonly result: SqlResult; readonly label: string }): ReactNode {
  const { language, locale } = useLanguage();
  const { columns, source } = useMemo(() => {
    // Several columns may have one name.
    const fields = result.columns.map(({ name, type }, index): Field => ({
      id: String(index),
      label: name,
      // After a failure nobody could ask for the names of types.
      ...(/^\d+$/.test(type) ? {} : { hint: type }),
      width: widthOf(result, index),
      type: fieldTypeOf(type),
      isReadonly: true,
    }));
    const rows = createRowSource({
      pageSize: PAGE_SIZE,
      count: result.rows.length,
      page: async (n) =>
        result.rows.slice(n * PAGE_SIZE, (n + 1) * PAGE_SIZE).map((row, index) => ({
          key: String(n * PAGE_SIZE + index),
          values: Object.fromEntries(row.map((value, column) => [String(column), value])),
        })),
    });
    return { columns: fields, source: rows };
  }, [result]);
  return (
    <Grid
      rows={source}
      columns={columns}
      label={label}
      locale={locale}
      messages={language === 'ar' ? arabicGridMessages : englishGridMessages}
      isReadonly
    />
  );
}
