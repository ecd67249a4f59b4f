import { Button, Stack, Text, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { ApiError } from '../../api/api-error.ts';
import { sendCode, signInWithCode } from '../../api/sign-in.ts';
import { CodeField } from '../../parts/code-field.tsx';
import { FormError } from '../../parts/form-error.tsx';
import { commonTexts } from '../../texts/common.ts';
import { useText } from '../../texts/use-text.ts';
import type { StepProps } from './password-form.tsx';
import { signInTexts } from './sign-in-texts.ts';

/** An address, then the code that was sent there. */
export function CodeForm({ email, onEmail, onDone }: StepProps): ReactNode {
  const t = useText(signInTexts);
  const c = useText(commonTexts);
  const [code, setCode] = useState('');
  const [isSent, setSent] = useState(false);
  const send = useMutation({ mutationFn: () => sendCode(email), onSuccess: () => setSent(true) });
  const check = useMutation({ mutationFn: () => signInWithCode(email, code.trim()).then(onDone) });
  const isWrong = check.error instanceof ApiError && check.error.status < 429;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (isSent) check.mutate();
        else send.mutate();
      }}
    >
      <Stack gap="sm">
        <FormError error={send.error ?? (isWrong ? null : check.error)} />
        {isSent ? (
          <>
            <Text size="sm" role="status">
              {t('codeSent', { email })}
            </Text>
            <CodeField label={t('code')} error={isWrong ? t('wrongCode') : null} value={code} onChange={setCode} />
            <Button type="submit" size="sm" loading={check.isPending}>
              {t('checkCode')}
            </Button>
            <Button variant="subtle" size="sm" onClick={() => setSent(false)}>
              {t('anotherAddress')}
            </Button>
          </>
        ) : (
          <>
            <TextInput
              label={c('email')}
              type="email"
              dir="ltr"
              autoComplete="username"
              autoFocus
              required
              withAsterisk={false}
              value={email}
              onChange={({ currentTarget: { value } }) => onEmail(value)}
            />
            <Button type="submit" size="sm" loading={send.isPending}>
              {t('sendCode')}
            </Button>
          </>
        )}
      </Stack>
    </form>
  );
}
