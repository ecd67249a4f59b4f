import { Text, TextInput } from '@mantine/core';
import { showToast } from '@ashlar/ui';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { accounts } from '../../api/accounts.ts';
import { queries } from '../../api/queries.ts';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { commonTexts } from '../../texts/common.ts';
import { useText } from '../../texts/use-text.ts';
import type { UserDialogProps } from './add-user-dialog.tsx';
import { usersTexts } from './users-texts.ts';

/** An address that gets a mail with the way into its account. */
export function InviteUserDialog({ projectRef: ref, onClose }: UserDialogProps): ReactNode {
  const t = useText(usersTexts);
  const c = useText(commonTexts);
  const client = useQueryClient();
  const [email, setEmail] = useState('');
  const invite = useMutation({
    mutationFn: () => accounts.inviteUser(ref, email),
    async onSuccess() {
      showToast({ text: t('inviteSent', { email }), tone: 'good' });
      onClose();
      await client.invalidateQueries(queries.users(ref));
    },
  });
  return (
    <FormDialog
      title={t('inviteTitle')}
      verb={t('inviteAction')}
      isBusy={invite.isPending}
      error={invite.error}
      onSubmit={() => invite.mutate()}
      onClose={onClose}
    >
      <Text size="sm" c="dimmed">
        {t('inviteHint')}
      </Text>
      <TextInput
        label={c('email')}
        type="email"
        dir="ltr"
        autoComplete="off"
        data-autofocus
        required
        withAsterisk={false}
        value={email}
        onChange={({ currentTarget: { value } }) => setEmail(value)}
      />
    </FormDialog>
  );
}
