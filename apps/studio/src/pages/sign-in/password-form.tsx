import { Button, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { ApiError } from '../../api/api-error.ts';
import { signInWithPassword } from '../../api/sign-in.ts';
import { FormError } from '../../parts/form-error.tsx';
import { commonTexts } from '../../texts/common.ts';
import { useText } from '../../texts/use-text.ts';
import { signInTexts } from './sign-in-texts.ts';

export interface StepProps {
  readonly email: string;
  readonly onEmail: (email: string) => void;
  readonly onDone: () => Promise<void>;
}

export function PasswordForm({ email, onEmail, onDone }: StepProps): ReactNode {
  const t = useText(signInTexts);
  const c = useText(commonTexts);
  const [password, setPassword] = useState('');
  const signIn = useMutation({ mutationFn: () => signInWithPassword(email, password).then(onDone) });
  const isWrong = signIn.error instanceof ApiError && signIn.error.code === 'invalid_credentials';
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        signIn.mutate();
      }}
    >
      <Stack gap="sm">
        <FormError error={isWrong ? null : signIn.error} />
        <TextInput
          label={c('email')}
          type="email"
          dir="ltr"
          autoComplete="username webauthn"
          autoFocus
          required
          withAsterisk={false}
          value={email}
          onChange={({ currentTarget: { value } }) => onEmail(value)}
        />
        <PasswordInput
          label={c('password')}
          dir="ltr"
          autoComplete="current-password"
          required
          withAsterisk={false}
          error={isWrong ? t('wrong') : null}
          value={password}
          onChange={({ currentTarget: { value } }) => setPassword(value)}
        />
        <Button type="submit" size="sm" loading={signIn.isPending}>
          {t('signIn')}
        </Button>
      </Stack>
    </form>
  );
}
