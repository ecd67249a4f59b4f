import { ActionIcon, CopyButton, Tooltip } from '@mantine/core';
import { Icon } from '@ashlar/ui';
import type { ReactNode } from 'react';
import { commonTexts } from '../texts/common.ts';
import { useText } from '../texts/use-text.ts';
import styles from './code-block.module.css';

export interface CodeBlockProps {
  /** What it is, for who cannot see it. */
  readonly label: string;
  readonly code: string;
}

/** Some lines of a program, to be copied. */
export function CodeBlock({ label, code }: CodeBlockProps): ReactNode {
  const t = useText(commonTexts);
  return (
    <div className={styles['block']} role="group" aria-label={label} dir="ltr">
      <pre className={styles['code']} tabIndex={0}>
        <code>{code}</code>
      </pre>
      <CopyButton value={code}>
        {({ copied, copy }) => (
          <Tooltip label={t(copied ? 'copied' : 'copy')}>
            <ActionIcon
              className={styles['copy'] ?? ''}
              aria-label={`${t(copied ? 'copied' : 'copy')}: ${label}`}
              onClick={copy}
            >
              <Icon name={copied ? 'check' : 'copy'} />
            </ActionIcon>
          </Tooltip>
        )}
      </CopyButton>
    </div>
  );
}
