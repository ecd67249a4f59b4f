import { Button, Select, Text, TextInput } from '@mantine/core';
import { showToast } from '@ashlar/ui';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { accounts, type Impersonation } from '../../api/accounts.ts';
import { queries } from '../../api/queries.ts';
import { useFailureToast } from '../../app/describe-failure.ts';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { ShownOnceDialog } from '../../parts/shown-once-dialog.tsx';
import { useProject } from '../../parts/use-project.ts';
import { useFormat, useText } from '../../texts/use-text.ts';
import type { OneUserDialogProps } from './ban-dialog.tsx';
import { sessionOf } from './session-of.ts';
import { nameOf } from './user-state.tsx';
import { userTexts } from './user-texts.ts';

const MINUTES = ['5', '15', '30', '60'] as const;

/** A reason and a time; then the token, which is seen this once and can be ended here. */
export function ImpersonateDialog({ user, onClose }: OneUserDialogProps): ReactNode {
  const t = useText(userTexts);
  const { ref } = useProject();
  const client = useQueryClient();
  const [reason, setReason] = useState('');
  const [minutes, setMinutes] = useState<string>('15');
  const name = nameOf(user);
  const begin = useMutation({
    mutationFn: () => accounts.impersonate(ref, user.id, reason.trim(), Number(minutes)),
    onSuccess: () => client.invalidateQueries(queries.userSessions(ref, user.id)),
  });
  if (begin.data !== undefined) return <Begun user={user} impersonation={begin.data} onClose={onClose} />;
  return (
    <FormDialog
      title={t('actTitle', { name })}
      verb={t('actAction')}
      isBusy={begin.isPending}
      error={begin.error}
      onSubmit={() => begin.mutate()}
      onClose={onClose}
    >
      <Text size="sm">{t('actText')}</Text>
      <TextInput
        label={t('reason')}
        description={t('reasonHint')}
        data-autofocus
        required
        withAsterisk={false}
        maxLength={1000}
        value={reason}
        onChange={({ currentTarget: { value } }) => setReason(value)}
      />
      <Select
        label={t('minutes')}
        data={MINUTES.map((value) => ({ value, label: t('minutesOf', { minutes: value }) }))}
        value={minutes}
        onChange={(value) => setMinutes(value ?? '15')}
      />
    </FormDialog>
  );
}

interface BegunProps extends OneUserDialogProps {
  readonly impersonation: Impersonation;
}

function Begun({ user, impersonation, onClose }: BegunProps): ReactNode {
  const t = useText(userTexts);
  const format = useFormat();
  const { ref } = useProject();
  const client = useQueryClient();
  const tellFailure = useFailureToast();
  const end = useMutation({
    mutationFn: () => accounts.endSession(ref, user.id, sessionOf(impersonation.access_token)),
    onSuccess() {
      showToast({ text: t('ended'), tone: 'good' });
      onClose();
    },
    onError: tellFailure,
    onSettled: () => client.invalidateQueries(queries.userSessions(ref, user.id)),
  });
  const time = format.dateTime(new Date(impersonation.expires_at * 1000), { timeStyle: 'short' });
  return (
    <ShownOnceDialog
      title={t('actMade', { name: nameOf(user) })}
      hint={t('actMadeHint', { time })}
      label={t('token')}
      value={impersonation.access_token}
      onClose={onClose}
    >
      <Button variant="light" color="red" loading={end.isPending} onClick={() => end.mutate()}>
        {t('endNow')}
      </Button>
    </ShownOnceDialog>
  );
}
