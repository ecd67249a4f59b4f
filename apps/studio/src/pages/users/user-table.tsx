import { Table } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { ProjectUser, UserIdentity } from '../../api/accounts.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { providerName } from '../../parts/provider-name.ts';
import { commonTexts } from '../../texts/common.ts';
import { useFormat, useText } from '../../texts/use-text.ts';
import { fullNameOf, nameOf, UserStateBadge } from './user-state.tsx';
import styles from './users-page.module.css';
import { usersTexts } from './users-texts.ts';

export interface UserTableProps {
  readonly projectRef: string;
  readonly users: readonly ProjectUser[];
}

export function UserTable({ projectRef: ref, users }: UserTableProps): ReactNode {
  const t = useText(usersTexts);
  const c = useText(commonTexts);
  const format = useFormat();
  const day = (time: string | undefined): string =>
    time === undefined ? c('never') : format.dateTime(new Date(time), { dateStyle: 'medium' });
  const wayOf = ({ provider }: UserIdentity): string => {
    if (provider === 'email') return t('byMail');
    return provider === 'phone' ? t('byPhone') : providerName(provider);
  };
  return (
    <DataTable label={t('title')} heads={[t('user'), t('state'), t('provider'), t('lastSeen'), t('created')]}>
      {users.map((user) => {
        const fullName = fullNameOf(user);
        return (
          <Table.Tr key={user.id}>
            <Table.Td>
              <Link to="/projects/$ref/users/$user" params={{ ref, user: user.id }} className={styles['name'] ?? ''}>
                <bdi>{nameOf(user)}</bdi>
                {fullName !== null && <bdi className={styles['sub']}>{fullName}</bdi>}
              </Link>
            </Table.Td>
            <Table.Td>
              <UserStateBadge user={user} />
            </Table.Td>
            <Table.Td>
              {user.identities.length === 0 ? '–' : format.list(user.identities.map(wayOf), { type: 'unit' })}
            </Table.Td>
            <Table.Td className={styles['time'] ?? ''}>{day(user.last_sign_in_at)}</Table.Td>
            <Table.Td className={styles['time'] ?? ''}>{day(user.created_at)}</Table.Td>
          </Table.Tr>
        );
      })}
    </DataTable>
  );
}
