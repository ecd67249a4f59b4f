import { showToast } from '@ashlar/ui';
import type { GridHandle, OwnRowSource, SaveBatch, SortKey } from '@ashlar/ui/grid';
import { keepPreviousData, useQuery, useQueryClient, type UseQueryResult } from '@tanstack/react-query';
import { type RefObject, useEffect, useMemo, useRef, useState } from 'react';
import { useFailureText } from '../../app/describe-failure.ts';
import { useLanguage } from '../../texts/language.tsx';
import { useText } from '../../texts/use-text.ts';
import type { FilterGroup } from './rows/filter.ts';
import { countRows, openRows, type RowCount, RowsTooLarge } from './rows/read-rows.ts';
import { type GroupedRows, openGroups } from './rows/group-rows.ts';
import { createRowSaver } from './rows/save-rows.ts';
import type { TableShape } from './rows/table-shape.ts';
import { tablesTexts } from './tables-texts.ts';
import { viewsTexts } from './views/views-texts.ts';

export interface RowsInView {
  readonly source: OwnRowSource;
  readonly count: UseQueryResult<RowCount>;
  readonly save: SaveBatch;
  /** Reads what is shown again. */
  readonly refresh: () => void;
  /** Opens and closes a group; null while nothing is grouped. */
  readonly toggle: GroupedRows['toggle'] | null;
  readonly tell: (message: string, error?: unknown) => void;
}

export interface RowsWanted {
  readonly ref: string;
  readonly shape: TableShape;
  readonly filter: FilterGroup;
  readonly sort: readonly SortKey[];
  /** The column that puts rows together. */
  readonly group: string | null;
  readonly grid: RefObject<GridHandle | null>;
}

/** The rows a view asks for, and saving them. */
export function useRows({ ref, shape, filter, sort, group, grid }: RowsWanted): RowsInView {
  const t = useText(tablesTexts);
  const describe = useFailureText();
  const describing = useRef(describe);
  useEffect(() => {
    describing.current = describe;
  });
  const client = useQueryClient();
  const [, redraw] = useState(0);
  const countKey = useMemo(
    () => ['row-count', ref, shape.schema, shape.name, filter, shape.seenBy],
    [ref, shape, filter],
  );
  const count = useQuery({
    queryKey: countKey,
    queryFn: ({ signal }) => countRows(ref, shape, filter, signal),
    placeholderData: keepPreviousData,
    staleTime: Infinity,
    gcTime: 0,
  });
  const plain = useMemo(
    () =>
      openRows(ref, shape, { filter, sort }, 0, (end) => {
        plain.reset(end);
        client.setQueryData<RowCount>(countKey, { count: end, isEstimate: false });
      }),
    [ref, shape, filter, sort, client, countKey],
  );
  const { locale } = useLanguage();
  const empty = useText(viewsTexts)('empty');
  const grouped = useMemo(() => {
    const column = shape.columns.find(({ name }) => name === group);
    if (column === undefined) return null;
    return openGroups(ref, shape, { filter, sort }, column, { empty, locale }, (error) =>
      showToast({ text: describing.current(error), tone: 'bad' }),
    );
  }, [ref, shape, filter, sort, group, empty, locale]);
  const source = grouped?.source ?? plain;
  const counted = count.data?.count;
  useEffect(() => {
    if (counted !== undefined && counted !== plain.count) plain.reset(counted);
  }, [plain, counted]);

  const save = useMemo(() => {
    const saver = createRowSaver({
      ref,
      shape,
      t,
      describe,
      onRows: ({ added, settled }) => {
        grid.current?.model.rows.remove(settled);
        const next = Math.max(0, plain.count + added);
        plain.reset(next);
        grouped?.source.reset();
        client.setQueryData<RowCount>(countKey, (before) => ({ isEstimate: before?.isEstimate ?? false, count: next }));
      },
    });
    return async (...asked: Parameters<SaveBatch>) => {
      redraw((version) => version + 1);
      return saver(...asked);
    };
  }, [ref, shape, t, plain, grouped, client, countKey, grid]);

  return {
    source,
    toggle: grouped?.toggle ?? null,
    count,
    save,
    refresh: () => {
      source.reset();
      void count.refetch();
    },
    tell: (message, error) =>
      showToast({
        text: error instanceof RowsTooLarge ? t('tooLarge') : error === undefined ? message : describe(error),
        tone: 'bad',
      }),
  };
}
