import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { Operation } from '../../../api/structure.ts';
import { FormError } from '../../../parts/form-error.tsx';
import { commonTexts } from '../../../texts/common.ts';
import { useText } from '../../../texts/use-text.ts';
import { tablesTexts } from '../tables-texts.ts';
import { useApplyChange } from './apply-change.ts';
import { ChangePreview, usePreviews } from './change-preview.tsx';

const PREVIEW_AFTER_MS = 350;

export interface ChangeFormProps {
  readonly title: string;
  readonly verb: string;
  /** What the fields come to; none while they are not good, or nothing is different. */
  readonly operations: readonly Operation[];
  /** How many of them, from the first, can be looked at before the others are done. */
  readonly previewed?: number;
  /** What the others come to, where that is known without asking. */
  readonly following?: readonly string[];
  readonly size?: number | string;
  /** What to do while there are none. */
  readonly missing?: string;
  /** Does it in another way than as one migration. */
  readonly run?: (statements: readonly string[]) => Promise<void>;
  readonly children: ReactNode;
  readonly onClose: () => void;
  readonly onDone: () => void | Promise<void>;
}

/** Fields, and below them what they come to. */
export function ChangeForm(props: ChangeFormProps): ReactNode {
  const {
    title,
    verb,
    operations,
    previewed = operations.length,
    following = [],
    size = 'lg',
    missing,
    run,
    children,
    onClose,
    onDone,
  } = props;
  const t = useText(tablesTexts);
  const c = useText(commonTexts);
  const applied = useApplyChange(onDone);
  const ran = useMutation({ mutationFn: run ?? (async () => {}), onSuccess: () => onDone() });
  const apply = run === undefined ? applied : ran;
  const [settled] = useDebouncedValue(JSON.stringify(operations.slice(0, previewed)), PREVIEW_AFTER_MS);
  const asked: readonly Operation[] = JSON.parse(settled);
  const state = usePreviews(asked);
  return (
    <Modal opened size={size} onClose={onClose} title={title} closeButtonProps={{ 'aria-label': c('close') }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (operations.length === 0) return;
          if (run === undefined) applied.mutate(operations);
          else if (!state.isPending && state.error === null)
            ran.mutate(state.previews.flatMap(({ statements }) => statements));
        }}
      >
        <Stack gap="sm">
          <FormError error={apply.error} />
          {children}
          {asked.length > 0 && <ChangePreview state={state} following={following} />}
          <Group justify="flex-end" gap="xs">
            {operations.length === 0 && (
              <Text size="sm" c="dimmed" me="auto">
                {missing ?? t('noChange')}
              </Text>
            )}
            <Button variant="default" onClick={onClose}>
              {c('cancel')}
            </Button>
            <Button type="submit" disabled={operations.length === 0} loading={apply.isPending}>
              {verb}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
