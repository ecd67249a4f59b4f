import { Button } from '@mantine/core';
import { Icon } from '@ashlar/ui';
import type { ReactNode } from 'react';
import { useText } from '../../texts/use-text.ts';
import { isWritable, type TableShape } from './rows/table-shape.ts';
import styles from './table-rows.module.css';
import { tablesTexts } from './tables-texts.ts';

export interface TableNoteProps {
  readonly shape: TableShape;
  readonly mayChange: boolean;
  /** Undefined before anybody counted. */
  readonly count: number | undefined;
  /** Null while nothing is filtered. */
  readonly onClearFilter: (() => void) | null;
}

/** Why there are no rows, and why rows cannot be changed here, when that is so. */
export function TableNote({ shape, mayChange, count, onClearFilter }: TableNoteProps): ReactNode {
  const t = useText(tablesTexts);
  const isView = shape.info.kind.includes('view') || shape.info.kind === 'foreign table';
  const why = !mayChange ? t('viewerNote') : isView ? t('viewNote') : shape.key.length === 0 ? t('noKeyNote') : null;
  const isEmpty = count === 0;
  return (
    <>
      {why !== null && <Note>{why}</Note>}
      {isEmpty && onClearFilter !== null && (
        <Note>
          {t('noMatch')}
          <Button variant="subtle" onClick={onClearFilter}>
            {t('clearFilter')}
          </Button>
        </Note>
      )}
      {isEmpty && onClearFilter === null && (
        <Note>{mayChange && isWritable(shape) ? t('emptyTableHint') : t('emptyTable')}</Note>
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
