import { Menu } from '@mantine/core';
import { Icon, type IconName } from '@ashlar/ui';
import {
  type CellValue,
  type ColumnState,
  freezeColumns,
  type GridHandle,
  hideColumn,
  type MenuRequest,
  type SortKey,
} from '@ashlar/ui/grid';
import type { ReactNode, RefObject } from 'react';
import { useText } from '../../texts/use-text.ts';
import type { WantedChange } from './change/change-dialogs.tsx';
import { formTexts } from './form/form-texts.ts';
import { tablesTexts } from './tables-texts.ts';

export interface GridMenuProps {
  readonly request: MenuRequest;
  readonly grid: RefObject<GridHandle | null>;
  readonly columns: ColumnState;
  readonly onColumns: (columns: ColumnState) => void;
  readonly mayWrite: boolean;
  readonly onSort: (sort: readonly SortKey[]) => void;
  /** Without a value, the person is asked for one. */
  readonly onFilterBy: (field: string, value?: CellValue) => void;
  /** Null for who may not change tables. */
  readonly onChange: ((change: WantedChange) => void) | null;
  /** Shows the row as a form. */
  readonly onRecord: () => void;
  readonly onClose: () => void;
}

/** What can be done with a column or a cell, where it was asked for. */
export function GridMenu(props: GridMenuProps): ReactNode {
  const { request, grid, onClose } = props;
  const { anchor, kind } = request;
  return (
    <Menu
      opened
      returnFocus={false}
      onChange={(isOpen) => {
        if (isOpen) return;
        onClose();
        grid.current?.focus();
      }}
      position="bottom-start"
      trapFocus
    >
      <Menu.Target>
        <span
          style={{
            position: 'fixed',
            left: anchor.left,
            top: anchor.top,
            width: anchor.width,
            height: anchor.height,
            pointerEvents: 'none',
          }}
        />
      </Menu.Target>
      <Menu.Dropdown>{kind === 'header' ? <HeaderItems {...props} /> : <CellItems {...props} />}</Menu.Dropdown>
    </Menu>
  );
}

function Item({
  icon,
  run,
  label,
  isRed = false,
}: {
  icon: IconName;
  run: () => void;
  label: string;
  isRed?: boolean;
}): ReactNode {
  return (
    <Menu.Item leftSection={<Icon name={icon} />} onClick={run} {...(isRed ? { color: 'red' } : {})}>
      {label}
    </Menu.Item>
  );
}

function HeaderItems({ request, columns, onColumns, onSort, onFilterBy, onChange, grid }: GridMenuProps): ReactNode {
  const t = useText(tablesTexts);
  const { field, place } = request;
  if (field === undefined) return null;
  const sort = (isDescending: boolean): void => onSort([{ field: field.id, isDescending }]);
  const isLastOne = (grid.current?.model.fields.length ?? 0) <= 1;
  return (
    <>
      {field.type.isSortable && (
        <>
          <Item icon="sort-ascending" label={t('sortUp')} run={() => sort(false)} />
          <Item icon="sort-descending" label={t('sortDown')} run={() => sort(true)} />
        </>
      )}
      <Item icon="filter" label={t('filterBy')} run={() => onFilterBy(field.id)} />
      {!isLastOne && (
        <Item icon="eye-off" label={t('hideColumn')} run={() => onColumns(hideColumn(columns, field.id))} />
      )}
      {columns.frozen === place.column + 1 ? (
        <Item icon="pinned" label={t('unfreeze')} run={() => onColumns(freezeColumns(columns, 0))} />
      ) : (
        <Item icon="pin" label={t('freezeTo')} run={() => onColumns(freezeColumns(columns, place.column + 1))} />
      )}
      {onChange !== null && (
        <>
          <Menu.Divider />
          <Item icon="pencil" label={t('editColumn')} run={() => onChange({ kind: 'edit-column', column: field.id })} />
          <Item
            icon="trash"
            label={t('dropColumn')}
            isRed
            run={() => onChange({ kind: 'drop-column', column: field.id })}
          />
        </>
      )}
    </>
  );
}

function CellItems({ request, grid, mayWrite, onFilterBy, onRecord }: GridMenuProps): ReactNode {
  const t = useText(tablesTexts);
  const f = useText(formTexts);
  const { field, row, place } = request;
  const handle = grid.current;
  if (handle === null) return null;
  const { active, focus } = handle.model.selection;
  const range = {
    top: Math.min(active.row, focus.row),
    bottom: Math.max(active.row, focus.row),
    start: Math.min(active.column, focus.column),
    end: Math.max(active.column, focus.column),
  };
  const count = range.bottom - range.top + 1;
  const value = row === undefined || field === undefined ? null : handle.model.valueOf(row, field);
  return (
    <>
      {field !== undefined && row !== undefined && field.type.operators.includes('eq') && (
        <Item icon="filter" label={t('filterByValue')} run={() => onFilterBy(field.id, value)} />
      )}
      {row !== undefined && row.group === undefined && (
        <Item icon="layout-sidebar" label={f('openForm')} run={onRecord} />
      )}
      {mayWrite && (
        <>
          {field?.isNullable === true && field.isReadonly !== true && (
            <Item icon="ban" label={t('setNull')} run={() => handle.edits.setNull(place)} />
          )}
          <Item icon="plus" label={t('insertRow')} run={() => handle.edits.addRows('insert', [{}])} />
          <Item
            icon="copy"
            label={count === 1 ? t('duplicateRow') : t('duplicateRows', { count })}
            run={() => void handle.edits.duplicate(range)}
          />
          <Item
            icon="trash"
            isRed
            label={count === 1 ? t('deleteRow') : t('deleteRows', { count })}
            run={() => void handle.edits.removeRows(range)}
          />
        </>
      )}
    </>
  );
}
