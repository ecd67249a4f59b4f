import { ActionIcon, Button, Menu, Select, TextInput, Tooltip } from '@mantine/core';
import { Icon } from '@ashlar/ui';
import type { ReactNode } from 'react';
import type { SqlQuestion, SqlView } from '../../api/sql-console.ts';
import { modifierKey } from '../../shell/modifier-key.ts';
import { useText } from '../../texts/use-text.ts';
import styles from './sql-page.module.css';
import { sqlTexts } from './sql-texts.ts';

const ROWS = [100, 1_000, 10_000];
const SECONDS = [10, 30, 300];
/** Readers may take no longer. */
const READER_SECONDS = 30;

/** How SQL is run. */
export interface RunManner {
  readonly as: SqlView;
  /** Who `authenticated` is. */
  readonly user: string;
  readonly rows: number;
  readonly seconds: number;
}

export interface SqlToolbarProps {
  readonly manner: RunManner;
  readonly views: readonly SqlView[];
  readonly isRunning: boolean;
  readonly onManner: (manner: RunManner) => void;
  readonly onRun: (explain: SqlQuestion['explain']) => void;
  readonly onCancel: () => void;
  readonly onCopyLink: () => void;
  /** The history. */
  readonly children: ReactNode;
}

export function SqlToolbar(props: SqlToolbarProps): ReactNode {
  const { manner, views, isRunning, onManner, onRun, onCancel, onCopyLink, children } = props;
  const t = useText(sqlTexts);
  const seconds = SECONDS.filter((each) => manner.as !== 'reader' || each <= READER_SECONDS);
  return (
    <>
      <Select
        className={styles['as'] ?? ''}
        size="xs"
        aria-label={t('as')}
        leftSection={<Icon name={manner.as === 'reader' ? 'eye' : 'user'} />}
        allowDeselect={false}
        data={views.map((view) => ({ value: view, label: t(view) }))}
        value={manner.as}
        onChange={(next) => {
          const as = views.find((view) => view === next) ?? manner.as;
          onManner({
            ...manner,
            as,
            seconds: as === 'reader' ? Math.min(manner.seconds, READER_SECONDS) : manner.seconds,
          });
        }}
      />
      {manner.as === 'authenticated' && (
        <TextInput
          className={styles['user'] ?? ''}
          size="xs"
          dir="ltr"
          aria-label={t('user')}
          placeholder={t('user')}
          title={t('userHint')}
          maxLength={100}
          value={manner.user}
          onChange={({ currentTarget: { value } }) => onManner({ ...manner, user: value.trim() })}
        />
      )}
      <Select
        className={styles['limit'] ?? ''}
        size="xs"
        aria-label={t('rows')}
        allowDeselect={false}
        data={ROWS.map((count) => ({ value: String(count), label: t('nRows', { count }) }))}
        value={String(manner.rows)}
        onChange={(next) => onManner({ ...manner, rows: Number(next) })}
      />
      <Select
        className={styles['limit'] ?? ''}
        size="xs"
        aria-label={t('seconds')}
        allowDeselect={false}
        data={seconds.map((count) => ({ value: String(count), label: t('nSeconds', { count }) }))}
        value={String(manner.seconds)}
        onChange={(next) => onManner({ ...manner, seconds: Number(next) })}
      />
      <div data-end className={styles['acts']}>
        {children}
        <Menu position="bottom-end">
          <Menu.Target>
            <ActionIcon aria-label={t('more')}>
              <Icon name="dots" />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item leftSection={<Icon name="route" />} disabled={isRunning} onClick={() => onRun('plan')}>
              {t('explain')}
              <span className={styles['when']}>{t('explainHint')}</span>
            </Menu.Item>
            <Menu.Item leftSection={<Icon name="clock" />} disabled={isRunning} onClick={() => onRun('analyze')}>
              {t('analyze')}
              <span className={styles['when']}>{t('analyzeHint')}</span>
            </Menu.Item>
            <Menu.Divider />
            <Menu.Item leftSection={<Icon name="link" />} onClick={onCopyLink}>
              {t('copyLink')}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
        {isRunning ? (
          <Button variant="default" leftSection={<Icon name="player-stop" />} onClick={onCancel}>
            {t('stop')}
          </Button>
        ) : (
          <Tooltip label={`${modifierKey} + Enter`}>
            <Button leftSection={<Icon name="player-play" />} onClick={() => onRun(null)}>
              {t('run')}
            </Button>
          </Tooltip>
        )}
      </div>
    </>
  );
}
