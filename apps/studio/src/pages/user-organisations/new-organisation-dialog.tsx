import { TextInput } from '@mantine/core';
import { showToast } from '@ashlar/ui';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { projectOrganisations } from '../../api/project-organisations.ts';
import { queries } from '../../api/queries.ts';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { useText } from '../../texts/use-text.ts';
import { refOfName } from '../projects/ref-of-name.ts';
import { userOrganisationsTexts } from './user-organisations-texts.ts';

export interface NewOrganisationDialogProps {
  readonly projectRef: string;
  readonly onClose: () => void;
}

export function NewOrganisationDialog({ projectRef: ref, onClose }: NewOrganisationDialogProps): ReactNode {
  const t = useText(userOrganisationsTexts);
  const client = useQueryClient();
  const navigate = useNavigate();
  const [english, setEnglish] = useState('');
  const [arabic, setArabic] = useState('');
  const [typedSlug, setSlug] = useState<string | null>(null);
  const slug = typedSlug ?? refOfName(english);
  const create = useMutation({
    mutationFn: () =>
      projectOrganisations.create(ref, slug, {
        ...(english.trim() === '' ? {} : { en: english }),
        ...(arabic.trim() === '' ? {} : { ar: arabic }),
      }),
    async onSuccess({ id }) {
      await client.invalidateQueries(queries.projectOrganisations(ref));
      showToast({ text: t('added', { name: english.trim() === '' ? arabic : english }), tone: 'good' });
      await navigate({
        to: '/projects/$ref/users/organisations/$userOrganisation',
        params: { ref, userOrganisation: id },
      });
    },
  });
  return (
    <FormDialog
      title={t('addTitle')}
      verb={t('addAction')}
      isBusy={create.isPending}
      error={create.error}
      onSubmit={() => create.mutate()}
      onClose={onClose}
    >
      <TextInput
        label={t('inEnglish')}
        dir="ltr"
        data-autofocus
        required={arabic.trim() === ''}
        withAsterisk={false}
        maxLength={200}
        value={english}
        onChange={({ currentTarget: { value } }) => setEnglish(value)}
      />
      <TextInput
        label={t('inArabic')}
        description={t('namesHint')}
        dir="rtl"
        maxLength={200}
        value={arabic}
        onChange={({ currentTarget: { value } }) => setArabic(value)}
      />
      <TextInput
        label={t('slug')}
        description={t('slugHint')}
        dir="ltr"
        required
        withAsterisk={false}
        maxLength={63}
        value={slug}
        onChange={({ currentTarget: { value } }) => setSlug(value)}
      />
    </FormDialog>
  );
}
