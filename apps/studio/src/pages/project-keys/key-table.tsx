import { ActionIcon, Badge, Menu, Table } from '@mantine/core';
import { Icon } from '@ashlar/ui';
import type { ReactNode } from 'react';
import type { ApiKey, ProjectKeys } from '../../api/control.ts';
import { CopyLine } from '../../parts/copy-line.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { commonTexts } from '../../texts/common.ts';
import { useFormat, useText } from '../../texts/use-text.ts';
import { projectKeysTexts } from './project-keys-texts.ts';
import styles from './project-keys-page.module.css';

export interface KeyTableProps {
  readonly keys: ProjectKeys;
  readonly mayChange: boolean;
  readonly onRotate: (key: ApiKey) => void;
  readonly onRevoke: (key: ApiKey) => void;
}

export function KeyTable({ keys, mayChange, onRotate, onRevoke }: KeyTableProps): ReactNode {
  const t = useText(projectKeysTexts);
  const c = useText(commonTexts);
  const format = useFormat();
  const dateOf = (time: string | null): string =>
    time === null ? c('never') : format.dateTime(new Date(time), { dateStyle: 'medium', timeStyle: 'short' });
  const given = [
    ...keys.publishable_keys.map((value) => ({ label: t('first'), value })),
    { label: t('legacy'), value: keys.anon_key },
  ];
  return (
    <DataTable label={t('title')} heads={[c('name'), t('kind'), t('key'), t('created'), t('lastUsed'), '']}>
      {given.map(({ label, value }) => (
        <Table.Tr key={value}>
          <Table.Td>{label}</Table.Td>
          <Table.Td>
            <KeyKind kind="publishable" />
          </Table.Td>
          <Table.Td className={styles['key'] ?? ''} colSpan={4}>
            <CopyLine label={label} value={value} />
          </Table.Td>
        </Table.Tr>
      ))}
      {keys.keys.map((key) => (
        <Table.Tr key={key.id} data-revoked={key.revoked_at !== null || undefined} className={styles['row'] ?? ''}>
          <Table.Td>
            <bdi>{key.name}</bdi>
          </Table.Td>
          <Table.Td>
            {key.revoked_at === null ? <KeyKind kind={key.kind} /> : <Badge color="gray">{t('revoked')}</Badge>}
          </Table.Td>
          <Table.Td>
            <code dir="ltr">{key.hint}</code>
          </Table.Td>
          <Table.Td className={styles['time'] ?? ''}>{dateOf(key.created_at)}</Table.Td>
          <Table.Td className={styles['time'] ?? ''}>{dateOf(key.last_used_at)}</Table.Td>
          <Table.Td className={styles['actions'] ?? ''}>
            {mayChange && key.revoked_at === null && (
              <Menu position="bottom-end">
                <Menu.Target>
                  <ActionIcon aria-label={t('actions', { name: key.name })}>
                    <Icon name="dots" />
                  </ActionIcon>
                </Menu.Target>
                <Menu.Dropdown>
                  <Menu.Item leftSection={<Icon name="refresh" />} onClick={() => onRotate(key)}>
                    {t('rotate')}
                  </Menu.Item>
                  <Menu.Item color="red" leftSection={<Icon name="ban" />} onClick={() => onRevoke(key)}>
                    {t('revoke')}
                  </Menu.Item>
                </Menu.Dropdown>
              </Menu>
            )}
          </Table.Td>
        </Table.Tr>
      ))}
    </DataTable>
  );
}

/** Which kind a key is of, in colour and in a word. */
function KeyKind({ kind }: Pick<ApiKey, 'kind'>): ReactNode {
  const t = useText(projectKeysTexts);
  return <Badge color={kind === 'secret' ? 'violet' : 'ink'}>{t(kind)}</Badge>;
}
