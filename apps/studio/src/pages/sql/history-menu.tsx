import { Button, Menu } from '@mantine/core';
import { Icon } from '@ashlar/ui';
import type { ReactNode } from 'react';
import { useFormat, useText } from '../../texts/use-text.ts';
import type { PastRun } from './history.ts';
import styles from './sql-page.module.css';
import { sqlTexts } from './sql-texts.ts';

export interface HistoryMenuProps {
  readonly runs: readonly PastRun[];
  readonly onChoose: (run: PastRun) => void;
  readonly onForget: () => void;
}

/** What was run here before, to be taken up again. */
export function HistoryMenu({ runs, onChoose, onForget }: HistoryMenuProps): ReactNode {
  const t = useText(sqlTexts);
  const format = useFormat();
  return (
    <Menu position="bottom-end" width={420}>
      <Menu.Target>
        <Button
          variant="default"
          aria-label={t('history')}
          leftSection={<Icon name="history" />}
          classNames={{ label: styles['word'] ?? '', section: styles['sign'] ?? '' }}
        >
          {t('history')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown className={styles['history'] ?? ''}>
        {runs.length === 0 && <Menu.Label>{t('historyNone')}</Menu.Label>}
        {runs.map((run) => (
          <Menu.Item key={run.sql} onClick={() => onChoose(run)}>
            <code className={styles['past']} dir="ltr">
              {run.sql.trim().slice(0, 200)}
            </code>
            <span className={styles['when']}>
              {format.dateTime(new Date(run.at), { dateStyle: 'medium', timeStyle: 'short' })}
            </span>
          </Menu.Item>
        ))}
        {runs.length > 0 && (
          <>
            <Menu.Divider />
            <Menu.Item color="red" leftSection={<Icon name="trash" />} onClick={onForget}>
              {t('forget')}
            </Menu.Item>
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
