import { ActionIcon, Menu, useMantineColorScheme } from '@mantine/core';
import { Icon } from '@ashlar/ui';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { queries } from '../api/queries.ts';
import { signOut } from '../api/sign-in.ts';
import { useLanguage } from '../texts/language.tsx';
import { useText } from '../texts/use-text.ts';
import { shellTexts } from './shell-texts.ts';

const THEMES = [
  ['light', 'sun'],
  ['dark', 'moon'],
  ['auto', 'device-desktop'],
] as const;

/** Who is signed in, and how they want Studio to look. */
export function AccountMenu(): ReactNode {
  const t = useText(shellTexts);
  const { data: account } = useQuery(queries.account());
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const { language, choose } = useLanguage();
  const leave = useSignOut();
  return (
    <Menu position="bottom-end" width={240}>
      <Menu.Target>
        <ActionIcon aria-label={t('account')}>
          <Icon name="user" />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          <bdi>{account?.email}</bdi>
        </Menu.Label>
        <Menu.Divider />
        <Menu.Label>{t('theme')}</Menu.Label>
        {THEMES.map(([scheme, icon]) => (
          <Menu.Item
            key={scheme}
            leftSection={<Icon name={icon} />}
            rightSection={scheme === colorScheme ? <Icon name="check" /> : null}
            onClick={() => setColorScheme(scheme)}
          >
            {t(scheme === 'auto' ? 'system' : scheme)}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Label>{t('language')}</Menu.Label>
        {(['en', 'ar'] as const).map((each) => (
          <Menu.Item
            key={each}
            lang={each}
            leftSection={<Icon name="language" />}
            rightSection={each === language ? <Icon name="check" /> : null}
            onClick={() => choose(each)}
          >
            {t(each === 'ar' ? 'arabic' : 'english')}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item leftSection={<Icon name="logout" />} onClick={leave}>
          {t('signOut')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

/** Ends the session and forgets everything that was read in it. */
export function useSignOut(): () => void {
  const client = useQueryClient();
  const navigate = useNavigate();
  return () => {
    void (async () => {
      // A server that is away forgets the session by itself, in time.
      await signOut().catch(() => undefined);
      client.clear();
      await navigate({ to: '/sign-in' });
    })();
  };
}
