import { Button, Checkbox, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import type { Operation } from '../../../api/structure.ts';
import { FormError } from '../../../parts/form-error.tsx';
import { commonTexts } from '../../../texts/common.ts';
import { useText } from '../../../texts/use-text.ts';
import { tablesTexts } from '../tables-texts.ts';
import { useApplyChange } from './apply-change.ts';
import { ChangePreview, usePreviews } from './change-preview.tsx';

export interface ConfirmChangeProps {
  /** A verb; also what the button says. */
  readonly title: string;
  /** Those after the first are as they are, whatever the first is told about what depends on it. */
  readonly operation: Operation;
  readonly further?: readonly Operation[];
  /** Has to be typed, where nothing brings back what goes. */
  readonly typed?: string;
  readonly isRed?: boolean;
  readonly children: ReactNode;
  readonly onClose: () => void;
  readonly onDone: () => void | Promise<void>;
}

/** Shows what an operation does before it is done. */
export function ConfirmChange(props: ConfirmChangeProps): ReactNode {
  const { title, operation, further = [], typed, isRed = false, children, onClose, onDone } = props;
  const t = useText(tablesTexts);
  const c = useText(commonTexts);
  const [text, setText] = useState('');
  const [isCascading, setCascading] = useState(false);
  const [mayCascade, setMayCascade] = useState(false);
  const asked = isCascading ? { ...operation, input: { ...operation.input, cascade: true } } : operation;
  const state = usePreviews([asked, ...further]);
  const isBlocked = state.previews.some(({ blockedBy }) => blockedBy.length > 0);
  if (isBlocked && !mayCascade) setMayCascade(true);
  const apply = useApplyChange(onDone);
  const isSure = (typed === undefined || text === typed) && !isBlocked && !state.isPending;
  return (
    <Modal opened size="lg" onClose={onClose} title={title} closeButtonProps={{ 'aria-label': c('close') }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (isSure) apply.mutate([asked, ...further]);
        }}
      >
        <Stack gap="sm">
          <FormError error={apply.error} />
          <Text size="sm">{children}</Text>
          <ChangePreview state={state} />
          {mayCascade && (
            <Checkbox
              label={t('cascade')}
              checked={isCascading}
              onChange={({ currentTarget: { checked } }) => setCascading(checked)}
            />
          )}
          {typed !== undefined && (
            <TextInput
              label={t('typeName', { name: typed })}
              dir="ltr"
              autoComplete="off"
              data-autofocus
              value={text}
              onChange={({ currentTarget: { value } }) => setText(value)}
            />
          )}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {c('cancel')}
            </Button>
            <Button type="submit" disabled={!isSure} loading={apply.isPending} {...(isRed ? { color: 'red' } : {})}>
              {title}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
