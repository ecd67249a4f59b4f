import { Button } from '@mantine/core';
import { Icon, showToast } from '@ashlar/ui';
import type { GridHandle } from '@ashlar/ui/grid';
import type { ReactNode, RefObject } from 'react';
import { useText } from '../../texts/use-text.ts';
import { tablesTexts } from './tables-texts.ts';
import styles from './table-rows.module.css';
import type { TickedRows } from './use-ticked.ts';

/** Cells of one act, as the grid bounds it. */
const MAX_CELLS = 200_000;

export interface TickedBarProps {
  readonly ticked: TickedRows;
  readonly grid: RefObject<GridHandle | null>;
  readonly mayDelete: boolean;
  readonly stored: number;
  readonly messageTooMuch: string;
}

/** What can be done with ticked rows; slides in at the bottom. */
export function TickedBar({ ticked, grid, mayDelete, stored, messageTooMuch }: TickedBarProps): ReactNode {
  const t = useText(tablesTexts);
  const { isAll, keys } = ticked.selection;
  const count = isAll ? stored - keys.size : keys.size;
  if (count <= 0) return null;

  async function remove(): Promise<void> {
    const handle = grid.current;
    if (handle === null) return;
    if (count * handle.model.options.columns.length > MAX_CELLS) {
      showToast({ text: messageTooMuch, tone: 'bad' });
      return;
    }
    const removes = isAll
      ? (await handle.edits.rowsOf({ top: 0, bottom: stored - 1, start: 0, end: 0 })).filter(
          ({ key }) => !keys.has(key),
        )
      : Array.from(ticked.values, ([key, values]) => ({ key, values }));
    const rows = removes.map(({ key, values }) => ({ key, values }));
    handle.model.apply({ id: `ticked-${Date.now()}`, cause: 'delete', changes: [], inserts: [], removes: rows });
    ticked.clear();
    handle.focus();
    showToast({
      text: t('deleted', { count: rows.length }),
      action: { label: t('undo'), run: () => grid.current?.model.undo() },
    });
  }

  return (
    <div className={styles['bar']} role="region" aria-label={t('selected', { count })}>
      <span role="status">{t('selected', { count })}</span>
      {mayDelete && (
        <Button variant="default" leftSection={<Icon name="trash" />} onClick={() => void remove()}>
          {count === 1 ? t('deleteRow') : t('deleteRows', { count })}
        </Button>
      )}
      <Button variant="subtle" color="gray" onClick={ticked.clear}>
        {t('clearSelection')}
      </Button>
    </div>
  );
}
