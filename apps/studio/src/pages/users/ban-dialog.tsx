import { Select, Text } from '@mantine/core';
import { showToast } from '@ashlar/ui';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { accounts, type ProjectUser } from '../../api/accounts.ts';
import { queries } from '../../api/queries.ts';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { useProject } from '../../parts/use-project.ts';
import { useText } from '../../texts/use-text.ts';
import { nameOf } from './user-state.tsx';
import { userTexts } from './user-texts.ts';

export interface OneUserDialogProps {
  readonly user: ProjectUser;
  readonly onClose: () => void;
}

/** The last of them is a century. */
const TERMS = { day: '24h', week: '168h', month: '720h', ever: '876000h' } as const;
type Term = keyof typeof TERMS;
const NAMES = ['day', 'week', 'month', 'ever'] as const satisfies readonly Term[];

export function BanDialog({ user, onClose }: OneUserDialogProps): ReactNode {
  const t = useText(userTexts);
  const { ref } = useProject();
  const client = useQueryClient();
  const [term, setTerm] = useState<Term>('ever');
  const name = nameOf(user);
  const ban = useMutation({
    mutationFn: () => accounts.changeUser(ref, user.id, { ban_duration: TERMS[term] }),
    async onSuccess() {
      await client.invalidateQueries(queries.user(ref, user.id));
      showToast({ text: t('banned', { name }), tone: 'good' });
      onClose();
    },
  });
  return (
    <FormDialog
      title={t('banTitle', { name })}
      verb={t('ban')}
      isDangerous
      isBusy={ban.isPending}
      error={ban.error}
      onSubmit={() => ban.mutate()}
      onClose={onClose}
    >
      <Text size="sm">{t('banText')}</Text>
      <Select
        label={t('banFor')}
        data={NAMES.map((value) => ({ value, label: t(value) }))}
        value={term}
        onChange={(value) => setTerm(NAMES.find((each) => each === value) ?? 'ever')}
      />
    </FormDialog>
  );
}
