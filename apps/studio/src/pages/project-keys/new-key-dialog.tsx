import { Button, Group, Modal, Radio, Stack, Text, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { type ApiKey, control } from '../../api/control.ts';
import { CopyLine } from '../../parts/copy-line.tsx';
import { FormError } from '../../parts/form-error.tsx';
import { commonTexts } from '../../texts/common.ts';
import { useText } from '../../texts/use-text.ts';
import { projectKeysTexts } from './project-keys-texts.ts';

export interface NewKeyDialogProps {
  readonly projectRef: string;
  /** With the key itself. */
  readonly onMade: (key: string) => void;
  readonly onClose: () => void;
}

export function NewKeyDialog({ projectRef, onMade, onClose }: NewKeyDialogProps): ReactNode {
  const t = useText(projectKeysTexts);
  const c = useText(commonTexts);
  const [kind, setKind] = useState<ApiKey['kind']>('publishable');
  const [name, setName] = useState('');
  const create = useMutation({
    mutationFn: () => control.createKey(projectRef, kind, name.trim()),
    onSuccess: ({ key }) => onMade(key),
  });
  return (
    <Modal opened onClose={onClose} title={t('newKey')} closeButtonProps={{ 'aria-label': c('close') }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          create.mutate();
        }}
      >
        <Stack gap="sm">
          <FormError error={create.error} />
          <TextInput
            label={c('name')}
            description={t('nameHint')}
            data-autofocus
            required
            withAsterisk={false}
            maxLength={100}
            value={name}
            onChange={({ currentTarget: { value } }) => setName(value)}
          />
          <Radio.Group
            label={t('kind')}
            value={kind}
            onChange={(value) => setKind(value === 'secret' ? 'secret' : 'publishable')}
          >
            <Stack gap="xs" mt={4}>
              <Radio value="publishable" label={t('publishable')} description={t('publishableHint')} />
              <Radio value="secret" label={t('secret')} description={t('secretHint')} />
            </Stack>
          </Radio.Group>
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {c('cancel')}
            </Button>
            <Button type="submit" loading={create.isPending}>
              {t('create')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

export interface ShownKeyDialogProps {
  readonly value: string;
  readonly onClose: () => void;
}

/** The only time a key is seen: a click beside it does not lose it. */
export function ShownKeyDialog({ value, onClose }: ShownKeyDialogProps): ReactNode {
  const t = useText(projectKeysTexts);
  return (
    <Modal opened onClose={onClose} title={t('madeTitle')} closeOnClickOutside={false} withCloseButton={false}>
      <Stack gap="sm">
        <Text size="sm">{t('madeHint')}</Text>
        <CopyLine label={t('key')} value={value} />
        <Group justify="flex-end">
          <Button onClick={onClose}>{t('done')}</Button>
        </Group>
      </Stack>
    </Modal>
  );
}
