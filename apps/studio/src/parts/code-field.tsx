import { TextInput } from '@mantine/core';
import type { ReactNode } from 'react';

export interface CodeFieldProps {
  readonly label: string;
  /** Null while nothing is wrong with it. */
  readonly error: string | null;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

/** A code that was mailed, sent or is shown by an app. */
export function CodeField({ label, error, value, onChange }: CodeFieldProps): ReactNode {
  return (
    <TextInput
      label={label}
      dir="ltr"
      inputMode="numeric"
      autoComplete="one-time-code"
      autoFocus
      required
      withAsterisk={false}
      error={error}
      value={value}
      onChange={({ currentTarget: { value: typed } }) => onChange(typed)}
    />
  );
}
