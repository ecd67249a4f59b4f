import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { commonTexts } from '../texts/common.ts';
import { useText } from '../texts/use-text.ts';
import { CopyLine } from './copy-line.tsx';

export interface ShownOnceDialogProps {
  readonly title: string;
  readonly hint: string;
  /** What it is that is shown; absent where there is nothing to take. */
  readonly label?: string;
  readonly value?: string | undefined;
  /** Below what is shown. */
  readonly children?: ReactNode;
  readonly onClose: () => void;
}

/** The only time something is seen: a click beside it does not lose it. */
export function ShownOnceDialog({ title, hint, label, value, children, onClose }: ShownOnceDialogProps): ReactNode {
  const c = useText(commonTexts);
  return (
    <Modal opened onClose={onClose} title={title} closeOnClickOutside={false} withCloseButton={false}>
      <Stack gap="sm">
        <Text size="sm">{hint}</Text>
        {label !== undefined && value !== undefined && <CopyLine label={label} value={value} />}
        {children}
        <Group justify="flex-end">
          <Button data-autofocus onClick={onClose}>
            {c(value === undefined ? 'close' : 'haveIt')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
