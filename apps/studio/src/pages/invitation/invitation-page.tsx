import { Alert, Button, PasswordInput, Stack } from '@mantine/core';
import { Blank } from '@ashlar/ui';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { ApiError } from '../../api/api-error.ts';
import { control } from '../../api/control.ts';
import { queries } from '../../api/queries.ts';
import { hasSession } from '../../api/session-cookie.ts';
import { signInWithPassword, signOut } from '../../api/sign-in.ts';
import { FormError } from '../../parts/form-error.tsx';
import { Front } from '../../parts/front.tsx';
import { commonTexts } from '../../texts/common.ts';
import { useText } from '../../texts/use-text.ts';
import { invitationTexts } from './invitation-texts.ts';

const route = getRouteApi('/invitation');
const SHORTEST_PASSWORD = 6;

/** Where an invitation's link leads: a new account, or one there is, becomes a member. */
export function InvitationPage(): ReactNode {
  const t = useText(invitationTexts);
  const c = useText(commonTexts);
  const { token } = route.useSearch();
  const navigate = useNavigate();
  const client = useQueryClient();
  const [password, setPassword] = useState('');
  const { data: account } = useQuery({ ...queries.account(), enabled: hasSession() });
  const accept = useMutation({
    async mutationFn(wanted: string) {
      const { email } = await control.acceptInvitation(wanted, account === undefined ? password : null);
      if (account === undefined) await signInWithPassword(email, password);
      client.clear();
      await navigate({ to: '/' });
    },
  });
  const signInFirst = (): void =>
    void navigate({ to: '/sign-in', search: { next: `/invitation?token=${token ?? ''}` } });
  const hasAccount = accept.error instanceof ApiError && accept.error.code === 'control.sign_in_first';

  if (token === undefined) {
    return (
      <Front title={t('title')}>
        <Blank icon="link" title={t('noTokenTitle')}>
          {t('noTokenHint')}
        </Blank>
      </Front>
    );
  }
  return (
    <Front title={t('title')} lead={account === undefined ? t('leadNew') : t('leadSignedIn', { email: account.email })}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          accept.mutate(token);
        }}
      >
        <Stack gap="sm">
          {hasAccount ? (
            <Alert role="alert" p="xs">
              {t('signInFirst')}
            </Alert>
          ) : (
            <FormError error={accept.error} />
          )}
          {account === undefined && (
            <PasswordInput
              label={c('password')}
              dir="ltr"
              minLength={SHORTEST_PASSWORD}
              autoComplete="new-password"
              autoFocus
              required
              withAsterisk={false}
              value={password}
              onChange={({ currentTarget: { value } }) => setPassword(value)}
            />
          )}
          <Button type="submit" size="sm" loading={accept.isPending}>
            {t(account === undefined ? 'join' : 'accept')}
          </Button>
          <Button
            variant="subtle"
            size="sm"
            onClick={() => {
              if (account === undefined) signInFirst();
              else
                void signOut()
                  .catch(() => undefined)
                  .then(signInFirst);
            }}
          >
            {t(account === undefined ? 'haveAccount' : 'otherAccount')}
          </Button>
        </Stack>
      </form>
    </Front>
  );
}
