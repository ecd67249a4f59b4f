import { Checkbox, PasswordInput, TextInput } from '@mantine/core';
import { showToast } from '@ashlar/ui';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { accounts } from '../../api/accounts.ts';
import { queries } from '../../api/queries.ts';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { commonTexts } from '../../texts/common.ts';
import { useText } from '../../texts/use-text.ts';
import { usersTexts } from './users-texts.ts';

export interface UserDialogProps {
  readonly projectRef: string;
  readonly onClose: () => void;
}

/** An account with an address and a password, there at once. */
export function AddUserDialog({ projectRef: ref, onClose }: UserDialogProps): ReactNode {
  const t = useText(usersTexts);
  const c = useText(commonTexts);
  const client = useQueryClient();
  const navigate = useNavigate();
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [isConfirmed, setConfirmed] = useState(true);
  const add = useMutation({
    mutationFn: () => accounts.createUser(ref, { email, password, email_confirm: isConfirmed }),
    async onSuccess({ id }) {
      showToast({ text: t('added', { email }), tone: 'good' });
      onClose();
      await client.invalidateQueries(queries.users(ref));
      await navigate({ to: '/projects/$ref/users/$user', params: { ref, user: id } });
    },
  });
  return (
    <FormDialog
      title={t('addTitle')}
      verb={t('addAction')}
      isBusy={add.isPending}
      error={add.error}
      onSubmit={() => add.mutate()}
      onClose={onClose}
    >
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
      <PasswordInput
        label={c('password')}
        description={t('passwordHint')}
        dir="ltr"
        autoComplete="new-password"
        required
        withAsterisk={false}
        value={password}
        onChange={({ currentTarget: { value } }) => setPassword(value)}
      />
      <Checkbox
        label={t('confirmed')}
        description={t('confirmedHint')}
        checked={isConfirmed}
        onChange={({ currentTarget: { checked } }) => setConfirmed(checked)}
      />
    </FormDialog>
  );
}
