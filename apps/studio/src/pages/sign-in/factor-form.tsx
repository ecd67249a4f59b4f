import { Button, Stack } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type ReactNode, useEffect, useState } from 'react';
import { ApiError } from '../../api/api-error.ts';
import { answerFactor, challengeFactor, signOut, type Factor } from '../../api/sign-in.ts';
import { CodeField } from '../../parts/code-field.tsx';
import { FormError } from '../../parts/form-error.tsx';
import { useText } from '../../texts/use-text.ts';
import { signInTexts } from './sign-in-texts.ts';

export interface FactorFormProps {
  readonly factor: Factor;
  readonly onDone: () => Promise<void>;
  readonly onLeave: () => void;
}

/** A phone is sent its code when the form appears; an app shows one all the time and is asked when it is sent. */
export function FactorForm({ factor, onDone, onLeave }: FactorFormProps): ReactNode {
  const t = useText(signInTexts);
  const [code, setCode] = useState('');
  const ask = useMutation({ mutationFn: () => challengeFactor(factor.id) });
  const isPhone = factor.factor_type === 'phone';
  const answer = useMutation({
    async mutationFn() {
      const challenge = isPhone && ask.data !== undefined ? ask.data : await challengeFactor(factor.id);
      await answerFactor(factor.id, challenge, code.trim());
      await onDone();
    },
  });
  const { mutate } = ask;
  useEffect(() => {
    if (isPhone) mutate();
  }, [isPhone, mutate]);
  const isWrong = answer.error instanceof ApiError && answer.error.status < 429;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        answer.mutate();
      }}
    >
      <Stack gap="sm">
        <FormError error={ask.error ?? (isWrong ? null : answer.error)} />
        <CodeField label={t('code')} error={isWrong ? t('wrongCode') : null} value={code} onChange={setCode} />
        <Button type="submit" size="sm" loading={answer.isPending}>
          {t('check')}
        </Button>
        <Button
          variant="subtle"
          size="sm"
          onClick={() =>
            void signOut()
              .catch(() => undefined)
              .then(onLeave)
          }
        >
          {t('otherAccount')}
        </Button>
      </Stack>
    </form>
  );
}
