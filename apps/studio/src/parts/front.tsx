import { ActionIcon, useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import { Icon } from '@ashlar/ui';
import type { ReactNode } from 'react';
import { Mark } from '../shell/mark.tsx';
import { shellTexts } from '../shell/shell-texts.ts';
import { useLanguage } from '../texts/language.tsx';
import { useText } from '../texts/use-text.ts';
import styles from './front.module.css';

export interface FrontProps {
  readonly title: string;
  readonly lead?: ReactNode;
  readonly children: ReactNode;
}

/** The pages before one is signed in: one column, with language and theme in reach. */
export function Front({ title, lead, children }: FrontProps): ReactNode {
  const t = useText(shellTexts);
  const { language, choose } = useLanguage();
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme('light');
  return (
    <div className={styles['front']}>
      <div className={styles['corner']}>
        <button
          type="button"
          className={styles['language']}
          lang={language === 'ar' ? 'en' : 'ar'}
          onClick={() => choose(language === 'ar' ? 'en' : 'ar')}
        >
          {t(language === 'ar' ? 'english' : 'arabic')}
        </button>
        <ActionIcon
          aria-label={t(scheme === 'dark' ? 'light' : 'dark')}
          onClick={() => setColorScheme(scheme === 'dark' ? 'light' : 'dark')}
        >
          <Icon name={scheme === 'dark' ? 'sun' : 'moon'} />
        </ActionIcon>
      </div>
      <main className={styles['column']}>
        <Mark size={36} />
        <h1 className={styles['title']}>{title}</h1>
        {lead !== undefined && <p className={styles['lead']}>{lead}</p>}
        {children}
      </main>
    </div>
  );
}
