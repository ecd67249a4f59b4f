import { Button } from '@mantine/core';
import { Icon } from '@ashlar/ui';
import type { ReactNode } from 'react';
import { useText } from '../../texts/use-text.ts';
import { isWritable, type TableShape } from './rows/table-shape.ts';
import styles from './table-rows.module.css';
import { tablesTexts } from './tables-texts.ts';
import { viewsTexts } from './views/views-texts.ts';

export interface TableNoteProps {
  readonly shape: TableShape;
  readonly mayChange: boolean;
  /** The rows are those somebody else sees. */
  readonly isSeenByOther?: boolean;
  /** Undefined before anybody counted. */
  readonly count: number | undefined;
  /** Null for who may not change tables. */
  readonly onAddKey: (() => void) | null;
  /** Rows of others wait to be shown. */
  readonly isWaiting: boolean;
  /** Null while nothing is filtered. */
  readonly onClearFilter: (() => void) | null;
}

/** Why there are no rows, and why rows cannot be changed here, when that is so. */
export function TableNote({
  shape,
  mayChange,
  isSeenByOther = false,
  count,
  onAddKey,
  isWaiting,
  onClearFilter,
}: TableNoteProps): ReactNode {
  const t = useText(tablesTexts);
  const v = useText(viewsTexts);
  const isView = shape.info.kind.includes('view') || shape.info.kind === 'foreign table';
  const why = isSeenByOther
    ? null
    : !mayChange
      ? t('viewerNote')
      : isView
        ? t('viewNote')
        : shape.key.length === 0
          ? t('noKeyNote')
          : null;
  const isEmpty = count === 0;
  return (
    <>
      {why !== null && (
        <Note>
          {why}
          {why === t('noKeyNote') && onAddKey !== null && (
            <Button variant="subtle" onClick={onAddKey}>
              {v('addKey')}
            </Button>
          )}
        </Note>
      )}
      {isWaiting && <Note>{v('newRows')}</Note>}
      {isEmpty && onClearFilter !== null && (
        <Note>
          {t('noMatch')}
          <Button variant="subtle" onClick={onClearFilter}>
            {t('clearFilter')}
          </Button>
        </Note>
      )}
      {isEmpty && onClearFilter === null && (
        <Note>{mayChange && !isSeenByOther && isWritable(shape) ? t('emptyTableHint') : t('emptyTable')}</Note>
      )}
    </>
  );
}

function Note({ children }: { readonly children: ReactNode }): ReactNode {
  return (
    <div className={styles['note']} role="note">
      <Icon name="info-circle" />
      {children}
    </div>
  );
}
