import { ActionIcon, CopyButton, Tooltip } from '@mantine/core';
import { Icon } from '@ashlar/ui';
import type { ReactNode } from 'react';
import { commonTexts } from '../texts/common.ts';
import { useText } from '../texts/use-text.ts';
import styles from './copy-line.module.css';

export interface CopyLineProps {
  /** What it is, for who cannot see it. */
  readonly label: string;
  readonly value: string;
}

/** A text to be taken elsewhere: an address, a key, a command. */
export function CopyLine({ label, value }: CopyLineProps): ReactNode {
  const t = useText(commonTexts);
  return (
    <div className={styles['line']} role="group" aria-label={label}>
      <code className={styles['value']} dir="ltr" tabIndex={0}>
        {value}
      </code>
      <CopyButton value={value}>
        {({ copied, copy }) => (
          <Tooltip label={t(copied ? 'copied' : 'copy')}>
            <ActionIcon aria-label={`${t(copied ? 'copied' : 'copy')}: ${label}`} onClick={copy}>
              <Icon name={copied ? 'check' : 'copy'} />
            </ActionIcon>
          </Tooltip>
        )}
      </CopyButton>
    </div>
  );
}
