import { ActionIcon, Menu, Select, Table } from '@mantine/core';
import { Icon, showToast } from '@ashlar/ui';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { control, isAtLeast, type Member, type Organisation, type Role, ROLES } from '../../api/control.ts';
import { queries } from '../../api/queries.ts';
import { useFailureToast } from '../../app/describe-failure.ts';
import { ConfirmDialog } from '../../parts/confirm-dialog.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { commonTexts } from '../../texts/common.ts';
import { useFormat, useText } from '../../texts/use-text.ts';
import styles from './members-page.module.css';
import { membersTexts } from './members-texts.ts';

export interface MemberTableProps {
  readonly organisation: Organisation;
  readonly members: readonly Member[];
  /** One's own account. */
  readonly self: string;
}

export function MemberTable({ organisation, members, self }: MemberTableProps): ReactNode {
  const t = useText(membersTexts);
  const c = useText(commonTexts);
  const format = useFormat();
  const client = useQueryClient();
  const navigate = useNavigate();
  const tellFailure = useFailureToast();
  const [removing, setRemoving] = useState<Member | null>(null);
  const { id } = organisation;
  const mayChange = isAtLeast(organisation.role, 'admin');
  const changed = (): Promise<unknown> =>
    Promise.all([client.invalidateQueries(queries.members(id)), client.invalidateQueries(queries.account())]);
  const change = useMutation({
    mutationFn: ({ member, role }: { readonly member: Member; readonly role: Role }) =>
      control.changeMember(id, member.account_id, role),
    onSuccess: (_, { member: { email }, role }) =>
      showToast({ text: t('roleChanged', { email, role: c(role) }), tone: 'good' }),
    onError: tellFailure,
    onSettled: changed,
  });
  async function remove({ account_id: account, email }: Member): Promise<void> {
    await control.removeMember(id, account);
    setRemoving(null);
    showToast({ text: t('removed', { email }), tone: 'good' });
    if (account === self) await navigate({ to: '/' });
    await changed();
  }
  return (
    <>
      <DataTable label={t('title')} heads={[c('email'), c('role'), t('joined'), '']}>
        {members.map((member) => {
          const { account_id: account, email, role, created_at: since } = member;
          const isSelf = account === self;
          // Nobody gives, changes or removes a role above their own.
          const isAbove = !isAtLeast(organisation.role, role);
          return (
            <Table.Tr key={account}>
              <Table.Td>
                <bdi>{email}</bdi>
                {isSelf && <span className={styles['you']}>{t('you')}</span>}
              </Table.Td>
              <Table.Td>
                {mayChange && !isAbove ? (
                  <Select
                    className={styles['role'] ?? ''}
                    size="xs"
                    aria-label={t('roleOf', { email })}
                    data={ROLES.filter((each) => isAtLeast(organisation.role, each)).map((each) => ({
                      value: each,
                      label: c(each),
                    }))}
                    value={change.isPending && change.variables.member === member ? change.variables.role : role}
                    onChange={(next) => {
                      const wanted = ROLES.find((each) => each === next);
                      if (wanted !== undefined && wanted !== role) change.mutate({ member, role: wanted });
                    }}
                  />
                ) : (
                  c(role)
                )}
              </Table.Td>
              <Table.Td>{format.dateTime(new Date(since), { dateStyle: 'medium' })}</Table.Td>
              <Table.Td className={styles['actions'] ?? ''}>
                {(isSelf || (mayChange && !isAbove)) && (
                  <Menu position="bottom-end">
                    <Menu.Target>
                      <ActionIcon aria-label={t('actions', { email })}>
                        <Icon name="dots" />
                      </ActionIcon>
                    </Menu.Target>
                    <Menu.Dropdown>
                      <Menu.Item color="red" leftSection={<Icon name="user-x" />} onClick={() => setRemoving(member)}>
                        {t(isSelf ? 'leave' : 'remove')}
                      </Menu.Item>
                    </Menu.Dropdown>
                  </Menu>
                )}
              </Table.Td>
            </Table.Tr>
          );
        })}
      </DataTable>
      {removing !== null && (
        <ConfirmDialog
          title={removing.account_id === self ? t('leaveTitle') : t('removeTitle', { email: removing.email })}
          verb={t(removing.account_id === self ? 'leave' : 'remove')}
          run={() => remove(removing)}
          onClose={() => setRemoving(null)}
        >
          {t(removing.account_id === self ? 'leaveText' : 'removeText')}
        </ConfirmDialog>
      )}
    </>
  );
}
