import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { commonTexts } from '../texts/common.ts';
import { defineTexts, useText } from '../texts/use-text.ts';
import { FormError } from './form-error.tsx';

const texts = defineTexts({ typeName: 'Type {name} to confirm' }, { typeName: 'اكتب {name} للتأكيد' });

export interface ConfirmDialogProps {
  readonly title: string;
  /** What will be gone and what stays. */
  readonly children: ReactNode;
  /** A verb: what the button does. */
  readonly verb: string;
  /** Has to be typed, where nothing brings back what goes. */
  readonly name?: string;
  /** Does it, and takes the dialog away when it is done; what it throws is shown. */
  readonly run: () => Promise<void>;
  readonly onClose: () => void;
}

/** Asks before something that cannot be taken back. */
export function ConfirmDialog({ title, children, verb, name, run, onClose }: ConfirmDialogProps): ReactNode {
  const t = useText(texts);
  const c = useText(commonTexts);
  const [typed, setTyped] = useState('');
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);
  const isSure = name === undefined || typed === name;
  async function go(): Promise<void> {
    setBusy(true);
    try {
      await run();
    } catch (error) {
      setFailure(error);
      setBusy(false);
    }
  }
  return (
    <Modal opened onClose={onClose} title={title} closeButtonProps={{ 'aria-label': c('close') }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (isSure) void go();
        }}
      >
        <Stack gap="sm">
          <FormError error={failure} />
          <Text size="sm" component="div">
            {children}
          </Text>
          {name !== undefined && (
            <TextInput
              label={t('typeName', { name })}
              dir="ltr"
              autoComplete="off"
              data-autofocus
              value={typed}
              onChange={({ currentTarget: { value } }) => setTyped(value)}
            />
          )}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {c('cancel')}
            </Button>
            <Button type="submit" color="red" loading={isBusy} disabled={!isSure}>
              {verb}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
