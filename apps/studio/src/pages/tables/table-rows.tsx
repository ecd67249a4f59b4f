import {
  arabicGridMessages,
  englishGridMessages,
  type Field,
  Grid,
  type GridHandle,
  type MenuRequest,
  type SortKey,
} from '@ashlar/ui/grid';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { type ReactNode, useMemo, useRef, useState } from 'react';
import { isAtLeast } from '../../api/control.ts';
import type { Caller } from '../../api/visibility.ts';
import type { Structure } from '../../api/structure-types.ts';
import { useProject } from '../../parts/use-project.ts';
import { WhileLoading } from '../../parts/while-loading.tsx';
import { useLanguage } from '../../texts/language.tsx';
import { useText } from '../../texts/use-text.ts';
import { useChanges } from './live/use-changes.ts';
import { ChangeDialogs, type WantedChange } from './change/change-dialogs.tsx';
import { RecordForm } from './form/record-form.tsx';
import { GridMenu } from './grid-menu.tsx';
import { conditionsOf, type FilterGroup, NO_FILTER } from './rows/filter.ts';
import { referenceTo } from './rows/search-reference.ts';
import { fieldOf, isWritable, seenAs, type TableShape } from './rows/table-shape.ts';
import { sortOf, type TableSearch, withFilter, withGroup, withSort } from './rows/view-in-address.ts';
import { TableNote } from './table-note.tsx';
// oxlint-disable-next-line import/no-unassigned-import -- a style sheet has no name
import '@ashlar/ui/grid/grid.css';
import styles from './table-rows.module.css';
import { TableToolbar } from './table-toolbar.tsx';
import { tablesTexts } from './tables-texts.ts';
import { TickedBar } from './ticked-bar.tsx';
import { SeenByNote, ViewAs } from './view-as.tsx';
import { useTicked } from './use-ticked.ts';
import { useRows } from './use-rows.ts';
import { useLook } from './views/use-look.ts';
import { toneBy } from './views/view-definition.ts';

export interface TableRowsProps {
  readonly structure: Structure;
  readonly shape: TableShape;
}

/** The rows of a table as a spreadsheet. Filter and order are in the address. */
export function TableRows({ structure, shape: whole }: TableRowsProps): ReactNode {
  const t = useText(tablesTexts);
  const { language, locale } = useLanguage();
  const { ref, role } = useProject();
  const navigate = useNavigate();
  const search: TableSearch = useSearch({ strict: false });
  const [seenBy, setSeenBy] = useState<Caller | null>(null);
  const shape = useMemo(() => (seenBy === null ? whole : seenAs(whole, seenBy)), [whole, seenBy]);
  const filter = search.filter ?? NO_FILTER;
  const sort = useMemo(() => sortOf(search), [search]);
  const grid = useRef<GridHandle>(null);
  const group = search.group ?? null;
  const rows = useRows({ ref, shape, filter, sort, group, grid });
  const live = useChanges(ref, shape, rows.source, rows.refresh);
  const ticked = useTicked(grid);
  const [isForm, setForm] = useState(false);
  const [menu, setMenu] = useState<MenuRequest | null>(null);
  const [change, setChange] = useState<WantedChange | null>(null);
  const [isFiltering, setFiltering] = useState<string | boolean>(false);
  const mayChange = isAtLeast(role, 'developer');
  const mayWrite = mayChange && seenBy === null && isWritable(shape);
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
  const look = useLook(ref, shape, fields, search);
  const { columns, setColumns, colours } = look;
  const toneOf = useMemo(() => (colours.length === 0 ? undefined : toneBy(colours)), [colours]);
  const filtered = useMemo(() => conditionsOf(filter).map(({ field }) => field), [filter]);
  const go = (next: TableSearch): void => void navigate({ to: '.', search: () => next });
  const setSort = (keys: readonly SortKey[]): void => go(withSort(search, keys));
  const setFilter = (next: FilterGroup): void => go(withFilter(search, next));

  return (
    <div className={styles['rows']}>
      <TableToolbar
        shape={shape}
        look={look}
        rows={rows}
        isLive={live.isLive}
        group={group}
        onGroup={(next) => go(withGroup(search, next))}
        mayShare={mayChange}
        filter={filter}
        onFilter={setFilter}
        isFiltering={isFiltering}
        onFiltering={setFiltering}
        sort={sort}
        onSort={setSort}
        onChange={mayChange ? setChange : null}
        mayWrite={mayWrite}
        grid={grid}
        isForm={isForm}
        onForm={setForm}
        viewAs={mayChange ? <ViewAs seenBy={seenBy} onChange={setSeenBy} /> : null}
      />
      {seenBy !== null && <SeenByNote seenBy={seenBy} onBack={() => setSeenBy(null)} />}
      <TableNote
        shape={shape}
        mayChange={mayChange}
        isSeenByOther={seenBy !== null}
        count={rows.count.data?.count}
        onAddKey={mayChange ? () => setChange({ kind: 'add-key' }) : null}
        isWaiting={live.isWaiting}
        onClearFilter={filtered.length === 0 ? null : () => setFilter(NO_FILTER)}
      />
      <WhileLoading query={rows.count}>
        {() => (
          <div
            className={styles['both']}
            onBlur={({ currentTarget, relatedTarget }) => {
              // A row that was begun is saved when somebody goes on to something else.
              if (!currentTarget.contains(relatedTarget)) grid.current?.edits.saveDraft();
            }}
          >
            <div className={styles['grid']}>
              <Grid
                key={seenBy === null ? 'own' : JSON.stringify(seenBy)}
                ref={grid}
                rows={rows.source}
                columns={fields}
                columnState={columns}
                onColumns={setColumns}
                label={shape.name}
                locale={locale}
                messages={language === 'ar' ? arabicGridMessages : englishGridMessages}
                isReadonly={!mayWrite}
                canAddRows={mayWrite && group === null}
                sort={sort}
                filtered={filtered}
                onSort={setSort}
                onMenu={setMenu}
                onRecord={() => setForm(true)}
                onNotice={rows.tell}
                onTicked={ticked.take}
                {...(toneOf === undefined ? {} : { toneOf })}
                {...(rows.toggle === null ? {} : { onToggleGroup: rows.toggle })}
                {...(mayWrite ? { onPatch: rows.save } : {})}
              />
            </div>
            {isForm && <RecordForm grid={grid} onClose={() => setForm(false)} />}
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
          onRecord={() => setForm(true)}
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
