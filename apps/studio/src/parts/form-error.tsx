import { Alert } from '@mantine/core';
import { Icon } from '@ashlar/ui';
import type { ReactNode } from 'react';
import { useFailureText } from '../app/describe-failure.ts';

/** What was refused, above the form it is about; nothing while nothing was. */
export function FormError({ error }: { readonly error: unknown }): ReactNode {
  const describe = useFailureText();
  if (error === null || error === undefined) return null;
  return (
    <Alert role="alert" color="red" icon={<Icon name="alert-circle" />} p="xs">
      {describe(error)}
    </Alert>
  );
}
