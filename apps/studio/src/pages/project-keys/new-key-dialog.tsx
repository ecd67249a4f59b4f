import { Radio, Stack, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { type ApiKey, control } from '../../api/control.ts';
import { FormDialog } from '../../parts/form-dialog.tsx';
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
    <FormDialog
      title={t('newKey')}
      verb={t('create')}
      isBusy={create.isPending}
      error={create.error}
      onSubmit={() => create.mutate()}
      onClose={onClose}
    >
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
    </FormDialog>
  );
}
