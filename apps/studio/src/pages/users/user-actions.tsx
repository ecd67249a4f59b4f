import { ActionIcon, Button, Menu } from '@mantine/core';
import { Icon, showToast } from '@ashlar/ui';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { accounts, type ProjectUser } from '../../api/accounts.ts';
import { isAtLeast } from '../../api/control.ts';
import { queries } from '../../api/queries.ts';
import { useFailureToast } from '../../app/describe-failure.ts';
import { ConfirmDialog } from '../../parts/confirm-dialog.tsx';
import { useProject } from '../../parts/use-project.ts';
import { useText } from '../../texts/use-text.ts';
import { BanDialog } from './ban-dialog.tsx';
import { ImpersonateDialog } from './impersonate-dialog.tsx';
import { PasswordDialog } from './password-dialog.tsx';
import { nameOf, stateOf } from './user-state.tsx';
import { userTexts } from './user-texts.ts';

/** What may be done with an account; nothing for who may only look. */
export function UserActions({ user }: { readonly user: ProjectUser }): ReactNode {
  const t = useText(userTexts);
  const { ref, role } = useProject();
  const client = useQueryClient();
  const navigate = useNavigate();
  const tellFailure = useFailureToast();
  const [asked, ask] = useState<'ban' | 'password' | 'act' | 'delete' | null>(null);
  const name = nameOf(user);
  const close = (): void => ask(null);
  const unban = useMutation({
    mutationFn: () => accounts.changeUser(ref, user.id, { ban_duration: 'none' }),
    onSuccess: () => showToast({ text: t('unbanned', { name }), tone: 'good' }),
    onError: tellFailure,
    onSettled: () => client.invalidateQueries(queries.user(ref, user.id)),
  });
  async function remove(): Promise<void> {
    await accounts.removeUser(ref, user.id);
    close();
    showToast({ text: t('deleted', { name }), tone: 'good' });
    await navigate({ to: '/projects/$ref/users', params: { ref } });
    client.removeQueries(queries.user(ref, user.id));
    await client.invalidateQueries(queries.users(ref));
  }
  if (!isAtLeast(role, 'admin')) return null;
  return (
    <>
      <div data-end style={{ display: 'flex', gap: 'var(--a-space-1)' }}>
        <Button variant="default" leftSection={<Icon name="user-shield" />} onClick={() => ask('act')}>
          {t('actAs')}
        </Button>
        <Menu position="bottom-end">
          <Menu.Target>
            <ActionIcon aria-label={t('actions')}>
              <Icon name="dots" />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item leftSection={<Icon name="key" />} onClick={() => ask('password')}>
              {t('setPassword')}
            </Menu.Item>
            {stateOf(user) === 'banned' ? (
              <Menu.Item leftSection={<Icon name="circle-check" />} onClick={() => unban.mutate()}>
                {t('unban')}
              </Menu.Item>
            ) : (
              <Menu.Item color="red" leftSection={<Icon name="ban" />} onClick={() => ask('ban')}>
                {t('ban')}
              </Menu.Item>
            )}
            <Menu.Item color="red" leftSection={<Icon name="trash" />} onClick={() => ask('delete')}>
              {t('delete')}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </div>
      {asked === 'ban' && <BanDialog user={user} onClose={close} />}
      {asked === 'password' && <PasswordDialog user={user} onClose={close} />}
      {asked === 'act' && <ImpersonateDialog user={user} onClose={close} />}
      {asked === 'delete' && (
        <ConfirmDialog title={t('deleteTitle', { name })} verb={t('delete')} name={name} run={remove} onClose={close}>
          {t('deleteText')}
        </ConfirmDialog>
      )}
    </>
  );
}
