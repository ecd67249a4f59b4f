import { Button, Table, Text } from '@mantine/core';
import { showToast } from '@ashlar/ui';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { accounts, type ProjectUser, type UserSession } from '../../api/accounts.ts';
import { isAtLeast } from '../../api/control.ts';
import { queries } from '../../api/queries.ts';
import { useFailureToast } from '../../app/describe-failure.ts';
import { ConfirmDialog } from '../../parts/confirm-dialog.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { useProject } from '../../parts/use-project.ts';
import { WhileLoading } from '../../parts/while-loading.tsx';
import { useFormat, useText } from '../../texts/use-text.ts';
import { deviceOf } from './device-of.ts';
import styles from './user-page.module.css';
import { nameOf } from './user-state.tsx';
import { userTexts } from './user-texts.ts';

/** Where somebody is signed in, and who is in their name. */
export function UserSessions({ user }: { readonly user: ProjectUser }): ReactNode {
  const t = useText(userTexts);
  const { ref, role } = useProject();
  const client = useQueryClient();
  const tellFailure = useFailureToast();
  const [isEnding, setEnding] = useState(false);
  const sessions = useQuery(queries.userSessions(ref, user.id));
  const mayChange = isAtLeast(role, 'admin');
  const changed = (): Promise<void> => client.invalidateQueries(queries.userSessions(ref, user.id));
  const end = useMutation({
    mutationFn: ({ id }: UserSession) => accounts.endSession(ref, user.id, id),
    onSuccess: () => showToast({ text: t('ended'), tone: 'good' }),
    onError: tellFailure,
    onSettled: changed,
  });
  async function endAll(): Promise<void> {
    await accounts.endSessions(ref, user.id);
    setEnding(false);
    showToast({ text: t('endedAll'), tone: 'good' });
    await changed();
  }
  return (
    <section className={styles['section']}>
      <h3 className={styles['heading']}>
        {t('sessions')}
        {mayChange && (sessions.data?.length ?? 0) > 0 && (
          <Button variant="subtle" color="red" onClick={() => setEnding(true)}>
            {t('endAll')}
          </Button>
        )}
      </h3>
      <WhileLoading query={sessions}>
        {(found) =>
          found.length === 0 ? (
            <Text size="sm" c="dimmed">
              {t('noSessions')}
            </Text>
          ) : (
            <div className={styles['table']}>
              <DataTable label={t('sessions')} heads={[t('device'), t('address'), t('begun'), t('refreshed'), '']}>
                {found.map((session) => (
                  <SessionRow
                    key={session.id}
                    session={session}
                    isEnding={end.isPending && end.variables === session}
                    onEnd={mayChange ? () => end.mutate(session) : null}
                  />
                ))}
              </DataTable>
            </div>
          )
        }
      </WhileLoading>
      {isEnding && (
        <ConfirmDialog
          title={t('endAllTitle', { name: nameOf(user) })}
          verb={t('endAll')}
          run={endAll}
          onClose={() => setEnding(false)}
        >
          {t('endAllText')}
        </ConfirmDialog>
      )}
    </section>
  );
}

interface SessionRowProps {
  readonly session: UserSession;
  readonly isEnding: boolean;
  /** Null for who may not. */
  readonly onEnd: (() => void) | null;
}

function SessionRow({ session, isEnding, onEnd }: SessionRowProps): ReactNode {
  const t = useText(userTexts);
  const format = useFormat();
  const moment = (time: string): string => format.dateTime(new Date(time), { dateStyle: 'medium', timeStyle: 'short' });
  const device = deviceOf(session.user_agent) ?? t('unknownDevice');
  return (
    <Table.Tr>
      <Table.Td>
        <bdi title={session.user_agent ?? undefined}>{device}</bdi>
        {session.impersonated_by === null ? (
          <span className={styles['sub']}>
            {session.methods.join(', ')}
            {session.aal === 'aal2' && ` · ${t('secondFactor')}`}
          </span>
        ) : (
          <span className={`${styles['sub']} ${styles['warning']}`}>
            {t('impersonated', { who: session.impersonated_by })}
          </span>
        )}
      </Table.Td>
      <Table.Td>
        <bdi dir="ltr">{session.ip ?? '–'}</bdi>
      </Table.Td>
      <Table.Td className={styles['time'] ?? ''}>{moment(session.created_at)}</Table.Td>
      <Table.Td className={styles['time'] ?? ''}>{moment(session.refreshed_at ?? session.created_at)}</Table.Td>
      <Table.Td className={styles['actions'] ?? ''}>
        {onEnd !== null && (
          <Button variant="subtle" color="red" loading={isEnding} aria-label={t('endOf', { device })} onClick={onEnd}>
            {t('end')}
          </Button>
        )}
      </Table.Td>
    </Table.Tr>
  );
}
