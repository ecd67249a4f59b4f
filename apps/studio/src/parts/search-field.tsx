import { TextInput } from '@mantine/core';
import { Icon } from '@ashlar/ui';
import type { ReactNode } from 'react';
import styles from './search-field.module.css';

export interface SearchFieldProps {
  /** What is looked for. */
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

/** Stands at the start of a list's toolbar. */
export function SearchField({ label, value, onChange }: SearchFieldProps): ReactNode {
  return (
    <TextInput
      className={styles['search'] ?? ''}
      size="xs"
      leftSection={<Icon name="search" />}
      placeholder={label}
      aria-label={label}
      value={value}
      onChange={({ currentTarget: { value: typed } }) => onChange(typed)}
    />
  );
}
