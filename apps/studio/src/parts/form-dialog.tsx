import { Button, Group, Modal, type ModalProps, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { commonTexts } from '../texts/common.ts';
import { useText } from '../texts/use-text.ts';
import { FormError } from './form-error.tsx';

export interface FormDialogProps {
  readonly title: string;
  /** What the button does. */
  readonly verb: string;
  readonly isBusy: boolean;
  /** Of the last attempt. */
  readonly error: unknown;
  readonly onSubmit: () => void;
  readonly onClose: () => void;
  readonly size?: ModalProps['size'];
  /** Said beside the buttons. */
  readonly note?: string | undefined;
  /** The button takes something away. */
  readonly isDangerous?: boolean;
  readonly children: ReactNode;
}

/** Fields in a dialog, with what was refused above them and what to do below. */
export function FormDialog(props: FormDialogProps): ReactNode {
  const { title, verb, isBusy, error, onSubmit, onClose, size, note, isDangerous = false, children } = props;
  const c = useText(commonTexts);
  return (
    <Modal
      opened
      onClose={onClose}
      title={title}
      closeButtonProps={{ 'aria-label': c('close') }}
      {...(size === undefined ? {} : { size })}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          onSubmit();
        }}
      >
        <Stack gap="sm">
          <FormError error={error} />
          {children}
          <Group justify="flex-end" gap="xs">
            {note !== undefined && (
              <Text size="sm" c="dimmed" role="status" me="auto">
                {note}
              </Text>
            )}
            <Button variant="default" onClick={onClose}>
              {c('cancel')}
            </Button>
            <Button type="submit" loading={isBusy} {...(isDangerous ? { color: 'red' } : {})}>
              {verb}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
