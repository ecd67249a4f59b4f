import { Alert } from '@mantine/core';
import { Icon } from '@ashlar/ui';
import type { ReactNode } from 'react';
import { useFailureText } from '../app/describe-failure.ts';

export interface FormErrorProps {
  readonly error: unknown;
  /** Said instead of what the server said. */
  readonly saying?: string | undefined;
}

/** What was refused, above the form it is about; nothing while nothing was. */
export function FormError({ error, saying }: FormErrorProps): ReactNode {
  const describe = useFailureText();
  if (error === null || error === undefined) return null;
  return (
    <Alert role="alert" color="red" icon={<Icon name="alert-circle" />} p="xs">
      {saying ?? describe(error)}
    </Alert>
  );
}
