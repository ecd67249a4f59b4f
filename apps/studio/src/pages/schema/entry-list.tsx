import { ActionIcon, Badge, Menu, Table } from '@mantine/core';
import { Blank, Icon } from '@ashlar/ui';
import { Link, useNavigate } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import type { Structure } from '../../api/structure-types.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { useProject } from '../../parts/use-project.ts';
import { useText } from '../../texts/use-text.ts';
import { ConfirmChange } from '../tables/change/confirm-change.tsx';
import { EnumLabelDialog } from './dialogs/enum-dialog.tsx';
import type { Act, Entry } from './entries.ts';
import { PolicyDialog } from './policies/policy-dialog.tsx';
import { schemaTexts } from './schema-texts.ts';
import styles from './schema-page.module.css';

export interface EntryListProps {
  readonly label: string;
  readonly structure: Structure;
  readonly entries: readonly Entry[];
  readonly mayChange: boolean;
}

type Wanted = Act | { readonly does: 'drop'; readonly entry: Entry };

/** Policies, keys, indexes, …: one line each, with what can be done to it. */
export function EntryList({ label, structure, entries, mayChange }: EntryListProps): ReactNode {
  const t = useText(schemaTexts);
  const { ref } = useProject();
  const navigate = useNavigate();
  const [wanted, setWanted] = useState<Wanted | null>(null);
  const isOfTables = entries.some(({ table }) => table !== null);
  if (entries.length === 0) return <Blank icon="search" title={t('noneFound')} />;
  const act = (next: Wanted): void => {
    if (next.does === 'edit-sql') {
      void navigate({ to: '/projects/$ref/sql', params: { ref }, search: { q: `${next.sql};` } });
    } else setWanted(next);
  };
  return (
    <>
      <DataTable
        label={label}
        heads={[
          t('name'),
          ...(isOfTables ? [t('table')] : []),
          t('kind'),
          t('definition'),
          ...(mayChange ? [<span key="acts" />] : []),
        ]}
      >
        {entries.map((entry) => (
          <Table.Tr key={entry.key}>
            <Table.Td>
              <bdi className={styles['name']}>{entry.name}</bdi>{' '}
              {entry.isOff && (
                <Badge size="sm" variant="light" color="yellow">
                  {t(entry.acts.some(({ does }) => does === 'validate') ? 'notValidated' : 'disabled')}
                </Badge>
              )}
            </Table.Td>
            {isOfTables && (
              <Table.Td>
                {entry.table !== null && (
                  <Link
                    to="/projects/$ref/tables/$schema/$table"
                    params={{ ref, schema: entry.schema, table: entry.table }}
                    className={styles['link'] ?? ''}
                  >
                    <bdi>{entry.schema === 'public' ? entry.table : entry.of}</bdi>
                  </Link>
                )}
              </Table.Td>
            )}
            <Table.Td className={styles['what'] ?? ''} dir="ltr">
              {entry.what}
            </Table.Td>
            <Table.Td>
              <code dir="ltr" className={styles['detail']} title={entry.detail}>
                {entry.detail}
              </code>
            </Table.Td>
            {mayChange && (
              <Table.Td className={styles['acts'] ?? ''}>
                <EntryMenu entry={entry} onAct={act} />
              </Table.Td>
            )}
          </Table.Tr>
        ))}
      </DataTable>
      {wanted !== null && <ActDialog structure={structure} wanted={wanted} onClose={() => setWanted(null)} />}
    </>
  );
}

const ICONS = {
  'edit-policy': 'pencil',
  'edit-sql': 'pencil',
  'add-label': 'plus',
  'rename-label': 'pencil',
  validate: 'check',
  enable: 'player-play',
  disable: 'player-pause',
} as const;
const VERBS = {
  'edit-policy': 'edit',
  'edit-sql': 'edit',
  'add-label': 'addLabel',
  'rename-label': 'renameLabel',
  validate: 'validate',
  enable: 'enable',
  disable: 'disable',
} as const;

function EntryMenu({ entry, onAct }: { readonly entry: Entry; readonly onAct: (wanted: Wanted) => void }): ReactNode {
  const t = useText(schemaTexts);
  if (entry.acts.length === 0 && entry.drop === null) return null;
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon aria-label={t('actions', { name: entry.name })}>
          <Icon name="dots" />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {entry.acts.map((act) => (
          <Menu.Item key={act.does} leftSection={<Icon name={ICONS[act.does]} />} onClick={() => onAct(act)}>
            {t(VERBS[act.does])}
          </Menu.Item>
        ))}
        {entry.drop !== null && (
          <Menu.Item color="red" leftSection={<Icon name="trash" />} onClick={() => onAct({ does: 'drop', entry })}>
            {t('drop')}
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}

interface ActDialogProps {
  readonly structure: Structure;
  readonly wanted: Wanted;
  readonly onClose: () => void;
}

function ActDialog({ structure, wanted, onClose }: ActDialogProps): ReactNode {
  const t = useText(schemaTexts);
  switch (wanted.does) {
    case 'edit-policy': {
      const { policy } = wanted;
      const table = structure.tables.find(({ schema, name }) => schema === policy.schema && name === policy.table);
      return <PolicyDialog structure={structure} table={table ?? null} policy={policy} onClose={onClose} />;
    }
    case 'add-label':
    case 'rename-label':
      return (
        <EnumLabelDialog type={wanted.type} way={wanted.does === 'add-label' ? 'add' : 'rename'} onClose={onClose} />
      );
    case 'validate':
    case 'enable':
    case 'disable':
      return (
        <ConfirmChange title={t(wanted.does)} operation={wanted.operation} onClose={onClose} onDone={onClose}>
          {''}
        </ConfirmChange>
      );
    case 'drop': {
      const { entry } = wanted;
      return entry.drop === null ? null : (
        <ConfirmChange
          title={t('dropTitle', { name: entry.name })}
          operation={entry.drop}
          isRed
          onClose={onClose}
          onDone={onClose}
        >
          {entry.detail === '' ? null : <code dir="ltr">{entry.detail}</code>}
        </ConfirmChange>
      );
    }
    case 'edit-sql':
      return null;
  }
}
