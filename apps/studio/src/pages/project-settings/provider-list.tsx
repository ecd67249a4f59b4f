import { ActionIcon, Badge, Button, Menu, Text } from '@mantine/core';
import { Icon } from '@ashlar/ui';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { accountSettings, type ProviderSettings } from '../../api/account-settings.ts';
import { isAtLeast } from '../../api/control.ts';
import { queries } from '../../api/queries.ts';
import { ConfirmDialog } from '../../parts/confirm-dialog.tsx';
import { CopyLine } from '../../parts/copy-line.tsx';
import { projectAddress } from '../../parts/project-address.ts';
import { providerName } from '../../parts/provider-name.ts';
import { useProject } from '../../parts/use-project.ts';
import { WhileLoading } from '../../parts/while-loading.tsx';
import { useText } from '../../texts/use-text.ts';
import { accountSettingsTexts } from './account-settings-texts.ts';
import styles from './project-settings-page.module.css';
import { ProviderDialog } from './provider-dialog.tsx';

type Asked =
  | { readonly what: 'add' }
  | { readonly what: 'edit' | 'remove'; readonly key: string; readonly settings: ProviderSettings };

/** Services people sign in with, each with the id and secret it gave the project. */
export function ProviderList(): ReactNode {
  const t = useText(accountSettingsTexts);
  const { ref, role } = useProject();
  const client = useQueryClient();
  const section = queries.accountSettings(ref, 'providers');
  const query = useQuery(section);
  const [asked, ask] = useState<Asked | null>(null);
  const mayChange = isAtLeast(role, 'admin');
  const version = query.data?.version ?? 0;
  async function remove(key: string): Promise<void> {
    client.setQueryData(section.queryKey, await accountSettings.change(ref, 'providers', version, { [key]: null }));
    ask(null);
  }
  return (
    <section>
      <div className={styles['headline']}>
        <h2 className={styles['heading']}>{t('providers')}</h2>
        {mayChange && (
          <Button variant="default" leftSection={<Icon name="plus" />} onClick={() => ask({ what: 'add' })}>
            {t('addProvider')}
          </Button>
        )}
      </div>
      <Text size="sm" c="dimmed" my="xs">
        {t('providersHint')}
      </Text>
      <CopyLine label={t('callback')} value={`${projectAddress(ref)}/auth/v1/callback`} />
      <WhileLoading query={query}>
        {({ value }) => {
          const entries = Object.entries(value);
          if (entries.length === 0) {
            return (
              <Text size="sm" c="dimmed" mt="sm">
                {t('noProviders')}
              </Text>
            );
          }
          return (
            <ul className={styles['list']}>
              {entries.map(([key, settings]) => (
                <li key={key} className={styles['item']}>
                  <Icon name={key === 'github' ? 'brand-github' : key === 'google' ? 'brand-google' : 'login'} />
                  <span className={styles['itemText']}>
                    <bdi>{providerName(key)}</bdi>
                    <bdi className={styles['sub']}>{settings.clientId}</bdi>
                  </span>
                  <Badge color={settings.enabled ? 'green' : 'gray'}>{t(settings.enabled ? 'on' : 'off')}</Badge>
                  {mayChange && (
                    <Menu position="bottom-end">
                      <Menu.Target>
                        <ActionIcon aria-label={t('edit', { name: providerName(key) })}>
                          <Icon name="dots" />
                        </ActionIcon>
                      </Menu.Target>
                      <Menu.Dropdown>
                        <Menu.Item
                          leftSection={<Icon name="edit" />}
                          onClick={() => ask({ what: 'edit', key, settings })}
                        >
                          {t('edit', { name: providerName(key) })}
                        </Menu.Item>
                        <Menu.Item
                          color="red"
                          leftSection={<Icon name="trash" />}
                          onClick={() => ask({ what: 'remove', key, settings })}
                        >
                          {t('removeProvider')}
                        </Menu.Item>
                      </Menu.Dropdown>
                    </Menu>
                  )}
                </li>
              ))}
            </ul>
          );
        }}
      </WhileLoading>
      {(asked?.what === 'add' || asked?.what === 'edit') && (
        <ProviderDialog
          version={version}
          known={asked.what === 'add' ? null : { key: asked.key, settings: asked.settings }}
          taken={Object.keys(query.data?.value ?? {})}
          onClose={() => ask(null)}
        />
      )}
      {asked?.what === 'remove' && (
        <ConfirmDialog
          title={t('removeProviderTitle', { name: providerName(asked.key) })}
          verb={t('removeProvider')}
          run={() => remove(asked.key)}
          onClose={() => ask(null)}
        >
          {t('removeProviderText')}
        </ConfirmDialog>
      )}
    </section>
  );
}
