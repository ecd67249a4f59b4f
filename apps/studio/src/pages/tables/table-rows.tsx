import {
  arabicGridMessages,
  type ColumnState,
  englishGridMessages,
  type Field,
  Grid,
  type GridHandle,
  initialColumns,
  type MenuRequest,
  type SortKey,
} from '@ashlar/ui/grid';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { type ReactNode, useMemo, useRef, useState } from 'react';
import { isAtLeast } from '../../api/control.ts';
import type { Structure } from '../../api/structure-types.ts';
import { useProject } from '../../parts/use-project.ts';
import { WhileLoading } from '../../parts/while-loading.tsx';
import { useLanguage } from '../../texts/language.tsx';
import { useText } from '../../texts/use-text.ts';
import { ChangeDialogs, type WantedChange } from './change/change-dialogs.tsx';
import { GridMenu } from './grid-menu.tsx';
import { conditionsOf, type FilterGroup, NO_FILTER } from './rows/filter.ts';
import { referenceTo } from './rows/search-reference.ts';
import { fieldOf, isWritable, type TableShape } from './rows/table-shape.ts';
import { sortOf, type TableSearch, withFilter, withSort } from './rows/view-in-address.ts';
import { TableNote } from './table-note.tsx';
// oxlint-disable-next-line import/no-unassigned-import -- a style sheet has no name
import '@ashlar/ui/grid/grid.css';
import styles from './table-rows.module.css';
import { TableToolbar } from './table-toolbar.tsx';
import { tablesTexts } from './tables-texts.ts';
import { TickedBar } from './ticked-bar.tsx';
import { useTicked } from './use-ticked.ts';
import { useRows } from './use-rows.ts';

export interface TableRowsProps {
  readonly structure: Structure;
  readonly shape: TableShape;
}

/** The rows of a table as a spreadsheet. Filter and order are in the address. */
export function TableRows({ structure, shape }: TableRowsProps): ReactNode {
  const t = useText(tablesTexts);
  const { language, locale } = useLanguage();
  const { ref, role } = useProject();
  const navigate = useNavigate();
  const search: TableSearch = useSearch({ strict: false });
  const filter = search.filter ?? NO_FILTER;
  const sort = useMemo(() => sortOf(search), [search]);
  const grid = useRef<GridHandle>(null);
  const rows = useRows({ ref, shape, filter, sort, grid });
  const ticked = useTicked(grid);
  const [menu, setMenu] = useState<MenuRequest | null>(null);
  const [change, setChange] = useState<WantedChange | null>(null);
  const [isFiltering, setFiltering] = useState<string | boolean>(false);
  const mayChange = isAtLeast(role, 'developer');
  const mayWrite = mayChange && isWritable(shape);
  const fields = useMemo(
    () =>
      shape.columns.map((column): Field => {
        const { pointer } = column;
        if (pointer === null) return fieldOf(column);
        const open = (value: string): void => {
          const only: FilterGroup = { join: 'and', parts: [{ field: pointer.column, op: 'eq', value }] };
          const params = { ref, schema: pointer.schema, table: pointer.name };
          void navigate({ to: '/projects/$ref/tables/$schema/$table', params, search: { filter: only } });
        };
        return { ...fieldOf(column), reference: referenceTo(ref, pointer, open) };
      }),
    [shape, ref, navigate],
  );
  const [columns, setColumns] = useState<ColumnState>(() => initialColumns(fields));
  const filtered = useMemo(() => conditionsOf(filter).map(({ field }) => field), [filter]);
  const go = (next: TableSearch): void => void navigate({ to: '.', search: () => next });
  const setSort = (keys: readonly SortKey[]): void => go(withSort(search, keys));
  const setFilter = (next: FilterGroup): void => go(withFilter(search, next));

  return (
    <div className={styles['rows']}>
      <TableToolbar
        shape={shape}
        columns={columns}
        onColumns={setColumns}
        rows={rows}
        filter={filter}
        onFilter={setFilter}
        isFiltering={isFiltering}
        onFiltering={setFiltering}
        sort={sort}
        onSort={setSort}
        onChange={mayChange ? setChange : null}
        mayWrite={mayWrite}
        grid={grid}
      />
      <TableNote
        shape={shape}
        mayChange={mayChange}
        count={rows.count.data?.count}
        onClearFilter={filtered.length === 0 ? null : () => setFilter(NO_FILTER)}
      />
      <WhileLoading query={rows.count}>
        {() => (
          <div
            className={styles['grid']}
            onBlur={({ currentTarget, relatedTarget }) => {
              // A row that was begun is saved when somebody goes on to something else.
              if (!currentTarget.contains(relatedTarget)) grid.current?.edits.saveDraft();
            }}
          >
            <Grid
              ref={grid}
              rows={rows.source}
              columns={fields}
              columnState={columns}
              onColumns={setColumns}
              label={shape.name}
              locale={locale}
              messages={language === 'ar' ? arabicGridMessages : englishGridMessages}
              isReadonly={!mayWrite}
              canAddRows={mayWrite}
              sort={sort}
              filtered={filtered}
              onSort={setSort}
              onMenu={setMenu}
              onNotice={rows.tell}
              onTicked={ticked.take}
              {...(mayWrite ? { onPatch: rows.save } : {})}
            />
          </div>
        )}
      </WhileLoading>
      <TickedBar
        ticked={ticked}
        grid={grid}
        mayDelete={mayWrite}
        stored={rows.source.count}
        messageTooMuch={t('tooLarge')}
      />
      {menu !== null && (
        <GridMenu
          request={menu}
          grid={grid}
          columns={columns}
          onColumns={setColumns}
          mayWrite={mayWrite}
          onSort={setSort}
          onFilterBy={(field, value) => {
            if (value === undefined) setFiltering(field);
            else {
              const part =
                value === null ? ({ field, op: 'isNull', value: '' } as const) : ({ field, op: 'eq', value } as const);
              setFilter({ join: 'and', parts: filter.join === 'and' ? [...filter.parts, part] : [filter, part] });
            }
          }}
          onChange={mayChange ? setChange : null}
          onClose={() => {
            setMenu(null);
          }}
        />
      )}
      {change !== null && (
        <ChangeDialogs structure={structure} shape={shape} wanted={change} onClose={() => setChange(null)} />
      )}
    </div>
  );
}
