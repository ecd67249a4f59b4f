import { ActionIcon, Button, Checkbox, Popover, Stack, Tooltip } from '@mantine/core';
import { Icon } from '@ashlar/ui';
import { type GridHandle, hideColumn, showColumn, type SortKey } from '@ashlar/ui/grid';
import type { ReactNode, RefObject } from 'react';
import { useText } from '../../texts/use-text.ts';
import type { WantedChange } from './change/change-dialogs.tsx';
import { FilterEditor } from './filter-editor.tsx';
import { conditionsOf, type FilterGroup } from './rows/filter.ts';
import type { TableShape } from './rows/table-shape.ts';
import styles from './table-rows.module.css';
import { formTexts } from './form/form-texts.ts';
import { tablesTexts } from './tables-texts.ts';
import { TableMenu } from './table-menu.tsx';
import { ExportMenu, GroupMenu } from './table-more.tsx';
import type { RowsInView } from './use-rows.ts';
import { ColourRules } from './views/colour-rules.tsx';
import type { Look } from './views/use-look.ts';
import { ViewsMenu } from './views/views-menu.tsx';
import { viewsTexts } from './views/views-texts.ts';

export interface TableToolbarProps {
  readonly shape: TableShape;
  readonly look: Look;
  /** Whether views may be shared by this person. */
  readonly mayShare: boolean;
  readonly rows: RowsInView;
  /** Whether changes of others appear by themselves. */
  readonly isLive: boolean;
  readonly group: string | null;
  readonly onGroup: (group: string | null) => void;
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
  readonly viewAs: ReactNode;
  readonly isForm: boolean;
  readonly onForm: (isForm: boolean) => void;
}

export function TableToolbar(props: TableToolbarProps): ReactNode {
  const { shape, look, rows, filter, sort, onSort, onChange, mayWrite, grid, isFiltering, onFiltering } = props;
  const t = useText(tablesTexts);
  const f = useText(formTexts);
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
        <Button
          variant="light"
          rightSection={<Icon name="x" />}
          aria-label={`${t('sortedBy', { count: sort.length })} – ${t('clearSort')}`}
          onClick={() => onSort([])}
        >
          {t('sortedBy', { count: sort.length })}
        </Button>
      )}
      <GroupMenu shape={shape} group={props.group} onGroup={props.onGroup} />
      <ColumnsMenu shape={shape} look={look} />
      <ColourRules shape={shape} look={look} />
      <ViewsMenu shape={shape} look={look} mayShare={props.mayShare} />
      {props.viewAs}
      <Count rows={rows} />
      {props.isLive && <LiveMark />}
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
        <Tooltip label={f('form')}>
          <ActionIcon
            variant={props.isForm ? 'light' : 'default'}
            aria-label={f('form')}
            aria-pressed={props.isForm}
            onClick={() => props.onForm(!props.isForm)}
          >
            <Icon name="layout-sidebar" />
          </ActionIcon>
        </Tooltip>
        <ExportMenu shape={shape} view={{ filter, sort }} hidden={look.columns.hidden} />
        <Act icon="refresh" label={t('refresh')} run={rows.refresh} />
        {onChange !== null && <TableMenu shape={shape} isLive={props.isLive} onChange={onChange} />}
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

function LiveMark(): ReactNode {
  const t = useText(viewsTexts);
  return (
    <Tooltip label={t('live')}>
      <span className={styles['live']} role="img" aria-label={t('live')}>
        <Icon name="bolt" />
      </span>
    </Tooltip>
  );
}

function ColumnsMenu({ shape, look }: { readonly shape: TableShape; readonly look: Look }): ReactNode {
  const t = useText(tablesTexts);
  const { columns, setColumns: onColumns } = look;
  const shown = shape.columns.filter(({ name }) => !columns.hidden.includes(name)).length;
  return (
    <Popover position="bottom-start" shadow="md" trapFocus>
      <Popover.Target>
        <Button
          data-may-shrink
          title={t('columns')}
          variant={columns.hidden.length > 0 ? 'light' : 'default'}
          leftSection={<Icon name="columns" />}
        >
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
