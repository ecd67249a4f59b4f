import { showToast } from '@ashlar/ui';
import type { GridHandle, OwnRowSource, SaveBatch, SortKey } from '@ashlar/ui/grid';
import { keepPreviousData, useQuery, useQueryClient, type UseQueryResult } from '@tanstack/react-query';
import { type RefObject, useEffect, useMemo, useState } from 'react';
import { useFailureText } from '../../app/describe-failure.ts';
import { useText } from '../../texts/use-text.ts';
import type { FilterGroup } from './rows/filter.ts';
import { countRows, openRows, type RowCount, RowsTooLarge } from './rows/read-rows.ts';
import { createRowSaver } from './rows/save-rows.ts';
import type { TableShape } from './rows/table-shape.ts';
import { tablesTexts } from './tables-texts.ts';

export interface RowsInView {
  readonly source: OwnRowSource;
  readonly count: UseQueryResult<RowCount>;
  readonly save: SaveBatch;
  /** Reads what is shown again. */
  readonly refresh: () => void;
  readonly tell: (message: string, error?: unknown) => void;
}

export interface RowsWanted {
  readonly ref: string;
  readonly shape: TableShape;
  readonly filter: FilterGroup;
  readonly sort: readonly SortKey[];
  readonly grid: RefObject<GridHandle | null>;
}

/** The rows a view asks for, and saving them. */
export function useRows({ ref, shape, filter, sort, grid }: RowsWanted): RowsInView {
  const t = useText(tablesTexts);
  const describe = useFailureText();
  const client = useQueryClient();
  const [, redraw] = useState(0);
  const countKey = useMemo(() => ['row-count', ref, shape.schema, shape.name, filter], [ref, shape, filter]);
  const count = useQuery({
    queryKey: countKey,
    queryFn: ({ signal }) => countRows(ref, shape, filter, signal),
    placeholderData: keepPreviousData,
    staleTime: Infinity,
    gcTime: 0,
  });
  const source = useMemo(
    () =>
      openRows(ref, shape, { filter, sort }, 0, (end) => {
        source.reset(end);
        client.setQueryData<RowCount>(countKey, { count: end, isEstimate: false });
      }),
    [ref, shape, filter, sort, client, countKey],
  );
  const counted = count.data?.count;
  useEffect(() => {
    if (counted !== undefined && counted !== source.count) source.reset(counted);
  }, [source, counted]);

  const save = useMemo(() => {
    const saver = createRowSaver({
      ref,
      shape,
      t,
      describe,
      onRows: ({ added, settled }) => {
        grid.current?.model.rows.remove(settled);
        const next = Math.max(0, source.count + added);
        source.reset(next);
        client.setQueryData<RowCount>(countKey, (before) => ({ isEstimate: before?.isEstimate ?? false, count: next }));
      },
    });
    return async (...asked: Parameters<SaveBatch>) => {
      redraw((version) => version + 1);
      return saver(...asked);
    };
  }, [ref, shape, t, source, client, countKey, grid]);

  return {
    source,
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
