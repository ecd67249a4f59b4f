import { ActionIcon, Button, Checkbox, Menu, Popover, Stack, Tooltip } from '@mantine/core';
import { Icon } from '@ashlar/ui';
import { type ColumnState, type GridHandle, hideColumn, showColumn, type SortKey } from '@ashlar/ui/grid';
import { type ReactNode, type RefObject, useState } from 'react';
import { useText } from '../../texts/use-text.ts';
import type { WantedChange } from './change/change-dialogs.tsx';
import { FilterEditor } from './filter-editor.tsx';
import { conditionsOf, type FilterGroup } from './rows/filter.ts';
import type { TableShape } from './rows/table-shape.ts';
import styles from './table-rows.module.css';
import { tablesTexts } from './tables-texts.ts';
import type { RowsInView } from './use-rows.ts';

export interface TableToolbarProps {
  readonly shape: TableShape;
  readonly columns: ColumnState;
  readonly onColumns: (columns: ColumnState) => void;
  readonly rows: RowsInView;
  readonly filter: FilterGroup;
  readonly onFilter: (filter: FilterGroup) => void;
  /** Whether the filter is open, and with which column it begins. */
  readonly isFiltering: string | boolean;
  readonly onFiltering: (isFiltering: string | boolean) => void;
  readonly sort: readonly SortKey[];
  readonly onSort: (sort: readonly SortKey[]) => void;
  readonly onChange: ((change: WantedChange) => void) | null;
  readonly mayWrite: boolean;
  readonly grid: RefObject<GridHandle | null>;
}

export function TableToolbar(props: TableToolbarProps): ReactNode {
  const { shape, rows, filter, sort, onSort, onChange, mayWrite, grid, isFiltering, onFiltering } = props;
  const t = useText(tablesTexts);
  const conditions = conditionsOf(filter).length;
  const undoStack = grid.current?.model.undoStack;
  return (
    <div className={styles['toolbar']}>
      <Popover
        opened={isFiltering !== false}
        onChange={(isOpen) => onFiltering(isOpen)}
        position="bottom-start"
        shadow="md"
        trapFocus
      >
        <Popover.Target>
          <Button
            variant={conditions > 0 ? 'light' : 'default'}
            leftSection={<Icon name="filter" />}
            onClick={() => onFiltering(isFiltering === false)}
          >
            {conditions > 0 ? t('filterWith', { count: conditions }) : t('filter')}
          </Button>
        </Popover.Target>
        <Popover.Dropdown>
          <FilterEditor
            shape={shape}
            filter={filter}
            first={typeof isFiltering === 'string' ? isFiltering : null}
            onApply={(next) => {
              props.onFilter(next);
              onFiltering(false);
              grid.current?.focus();
            }}
          />
        </Popover.Dropdown>
      </Popover>
      {sort.length > 0 && (
        <Button variant="light" rightSection={<Icon name="x" />} aria-label={t('clearSort')} onClick={() => onSort([])}>
          {t('sortedBy', { count: sort.length })}
        </Button>
      )}
      <ColumnsMenu {...props} />
      <Count rows={rows} />
      <div className={styles['end']}>
        {mayWrite && (
          <>
            <Act
              icon="arrow-back-up"
              label={t('undo')}
              isOff={undoStack?.canUndo !== true}
              run={() => grid.current?.model.undo()}
            />
            <Act
              icon="arrow-forward-up"
              label={t('redo')}
              isOff={undoStack?.canRedo !== true}
              run={() => grid.current?.model.redo()}
            />
          </>
        )}
        <Act icon="refresh" label={t('refresh')} run={rows.refresh} />
        {onChange !== null && <TableMenu shape={shape} onChange={onChange} />}
        {mayWrite && (
          <Button
            leftSection={<Icon name="plus" />}
            onClick={() => {
              grid.current?.goTo({ row: grid.current.model.rows.stored, column: firstToType(grid.current, shape) });
              grid.current?.focus();
            }}
          >
            {t('insertRow')}
          </Button>
        )}
      </div>
    </div>
  );
}

/** The first column the database does not fill in by itself. */
function firstToType({ model }: GridHandle, { columns }: TableShape): number {
  const at = model.fields.findIndex(({ id, isReadonly }) => {
    const column = columns.find(({ name }) => name === id);
    return isReadonly !== true && column?.identity === null && column.default === null;
  });
  return Math.max(0, at);
}

interface ActProps {
  readonly icon: 'arrow-back-up' | 'arrow-forward-up' | 'refresh';
  readonly label: string;
  readonly isOff?: boolean;
  readonly run: () => void;
}

function Act({ icon, label, isOff = false, run }: ActProps): ReactNode {
  return (
    <Tooltip label={label}>
      <ActionIcon aria-label={label} aria-disabled={isOff} data-off={isOff} onClick={run}>
        <Icon name={icon} />
      </ActionIcon>
    </Tooltip>
  );
}

function Count({ rows }: { readonly rows: RowsInView }): ReactNode {
  const t = useText(tablesTexts);
  const { data } = rows.count;
  if (data === undefined) return null;
  return (
    <span className={styles['count']} role="status">
      {t(data.isEstimate ? 'about' : 'rows', { count: data.count })}
    </span>
  );
}

function ColumnsMenu({ shape, columns, onColumns }: TableToolbarProps): ReactNode {
  const t = useText(tablesTexts);
  const shown = shape.columns.filter(({ name }) => !columns.hidden.includes(name)).length;
  return (
    <Popover position="bottom-start" shadow="md" trapFocus>
      <Popover.Target>
        <Button variant={columns.hidden.length > 0 ? 'light' : 'default'} leftSection={<Icon name="columns" />}>
          {t('columns')}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap={6}>
          {shape.columns.map(({ name }) => {
            const isShown = !columns.hidden.includes(name);
            return (
              <Checkbox
                key={name}
                size="xs"
                label={<bdi>{name}</bdi>}
                checked={isShown}
                disabled={isShown && shown === 1}
                onChange={() => onColumns(isShown ? hideColumn(columns, name) : showColumn(columns, name))}
              />
            );
          })}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}

function TableMenu({
  shape,
  onChange,
}: {
  readonly shape: TableShape;
  readonly onChange: (change: WantedChange) => void;
}): ReactNode {
  const t = useText(tablesTexts);
  const [isOpen, setOpen] = useState(false);
  const isTable = shape.info.kind === 'table' || shape.info.kind === 'partitioned table';
  return (
    <Menu opened={isOpen} onChange={setOpen} position="bottom-end">
      <Menu.Target>
        <Tooltip label={t('tableActions')} disabled={isOpen}>
          <ActionIcon aria-label={t('tableActions')}>
            <Icon name="dots" />
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown>
        {isTable && (
          <>
            <Menu.Item leftSection={<Icon name="plus" />} onClick={() => onChange({ kind: 'add-column' })}>
              {t('addColumn')}
            </Menu.Item>
            <Menu.Item
              leftSection={<Icon name={shape.info.rowSecurity ? 'shield-lock' : 'shield-check'} />}
              onClick={() => onChange({ kind: 'row-security' })}
            >
              {t(shape.info.rowSecurity ? 'rlsOff' : 'rlsOn')}
            </Menu.Item>
          </>
        )}
        <Menu.Item leftSection={<Icon name="pencil" />} onClick={() => onChange({ kind: 'rename-table' })}>
          {t('renameTable')}
        </Menu.Item>
        <Menu.Item leftSection={<Icon name="trash" />} color="red" onClick={() => onChange({ kind: 'drop-table' })}>
          {t('dropTable')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
