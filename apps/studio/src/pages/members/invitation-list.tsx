import { Button, Table } from '@mantine/core';
import { showToast } from '@ashlar/ui';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { control, type Invitation } from '../../api/control.ts';
import { queries } from '../../api/queries.ts';
import { useFailureToast } from '../../app/describe-failure.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { commonTexts } from '../../texts/common.ts';
import { useFormat, useText } from '../../texts/use-text.ts';
import styles from './members-page.module.css';
import { membersTexts } from './members-texts.ts';

/** Who is asked to join and has not yet; nothing where nobody is. */
export function InvitationList({ organisation }: { readonly organisation: string }): ReactNode {
  const t = useText(membersTexts);
  const c = useText(commonTexts);
  const format = useFormat();
  const client = useQueryClient();
  const tellFailure = useFailureToast();
  const { data: invitations = [] } = useQuery(queries.invitations(organisation));
  const revoke = useMutation({
    mutationFn: ({ id }: Invitation) => control.revokeInvitation(organisation, id),
    onSuccess: (_, { email }) => showToast({ text: t('revoked', { email }), tone: 'good' }),
    onError: tellFailure,
    onSettled: () => client.invalidateQueries(queries.invitations(organisation)),
  });
  if (invitations.length === 0) return null;
  return (
    <section>
      <h2 className={styles['heading']}>{t('invitations')}</h2>
      <DataTable label={t('invitations')} heads={[c('email'), c('role'), t('expires'), '']}>
        {invitations.map((invitation) => (
          <Table.Tr key={invitation.id}>
            <Table.Td>
              <bdi>{invitation.email}</bdi>
            </Table.Td>
            <Table.Td>{c(invitation.role)}</Table.Td>
            <Table.Td>
              {format.dateTime(new Date(invitation.expires_at), { dateStyle: 'medium', timeStyle: 'short' })}
            </Table.Td>
            <Table.Td className={styles['actions'] ?? ''}>
              <Button
                variant="subtle"
                color="red"
                loading={revoke.isPending && revoke.variables.id === invitation.id}
                onClick={() => revoke.mutate(invitation)}
              >
                {t('revoke')}
              </Button>
            </Table.Td>
          </Table.Tr>
        ))}
      </DataTable>
    </section>
  );
}
