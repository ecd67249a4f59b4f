import { PasswordInput } from '@mantine/core';
import { showToast } from '@ashlar/ui';
import { useMutation } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { accounts } from '../../api/accounts.ts';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { useProject } from '../../parts/use-project.ts';
import { commonTexts } from '../../texts/common.ts';
import { useText } from '../../texts/use-text.ts';
import type { OneUserDialogProps } from './ban-dialog.tsx';
import { nameOf } from './user-state.tsx';
import { userTexts } from './user-texts.ts';

export function PasswordDialog({ user, onClose }: OneUserDialogProps): ReactNode {
  const t = useText(userTexts);
  const c = useText(commonTexts);
  const { ref } = useProject();
  const [password, setPassword] = useState('');
  const change = useMutation({
    mutationFn: () => accounts.changeUser(ref, user.id, { password }),
    onSuccess() {
      showToast({ text: t('passwordSet'), tone: 'good' });
      onClose();
    },
  });
  return (
    <FormDialog
      title={t('passwordTitle', { name: nameOf(user) })}
      verb={t('setPassword')}
      isBusy={change.isPending}
      error={change.error}
      onSubmit={() => change.mutate()}
      onClose={onClose}
    >
      <PasswordInput
        label={c('password')}
        description={t('passwordHint')}
        dir="ltr"
        autoComplete="new-password"
        data-autofocus
        required
        withAsterisk={false}
        value={password}
        onChange={({ currentTarget: { value } }) => setPassword(value)}
      />
    </FormDialog>
  );
}
