import { ActionIcon, Kbd, Tooltip, UnstyledButton } from '@mantine/core';
import { Icon } from '@ashlar/ui';
import type { ReactNode } from 'react';
import { useText } from '../texts/use-text.ts';
import { AccountMenu } from './account-menu.tsx';
import { Breadcrumb } from './breadcrumb.tsx';
import { modifierKey } from './modifier-key.ts';
import type { ProjectInView } from './project-in-view.ts';
import { shellTexts } from './shell-texts.ts';
import styles from './top-line.module.css';

export interface TopLineProps {
  readonly project: ProjectInView | null;
  readonly onMenu: () => void;
  readonly onSearch: () => void;
  readonly onShortcuts: () => void;
}

export function TopLine({ project, onMenu, onSearch, onShortcuts }: TopLineProps): ReactNode {
  const t = useText(shellTexts);
  return (
    <header className={styles['line']}>
      <ActionIcon className={styles['menu'] ?? ''} size={36} aria-label={t('menu')} onClick={onMenu}>
        <Icon name="list" size={20} />
      </ActionIcon>
      <Breadcrumb project={project} />
      <UnstyledButton className={styles['search'] ?? ''} onClick={onSearch}>
        <Icon name="search" />
        <span className={styles['searchText']}>{t('search')}</span>
        <Kbd size="xs" className={styles['searchKey'] ?? ''} dir="ltr" aria-hidden>
          {modifierKey} K
        </Kbd>
      </UnstyledButton>
      <Tooltip label={t('shortcuts')}>
        <ActionIcon className={styles['help'] ?? ''} aria-label={t('shortcuts')} onClick={onShortcuts}>
          <Icon name="keyboard" />
        </ActionIcon>
      </Tooltip>
      <AccountMenu />
    </header>
  );
}
