import { Select, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { control, type Organisation } from '../../api/control.ts';
import { queries } from '../../api/queries.ts';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { commonTexts } from '../../texts/common.ts';
import { useText } from '../../texts/use-text.ts';
import { projectsTexts } from './projects-texts.ts';
import { refOfName } from './ref-of-name.ts';

const REF = /^[a-z][a-z0-9-]{0,29}$/;

export interface NewProjectDialogProps {
  /** Those one may make projects in; at least one. */
  readonly organisations: readonly Organisation[];
  readonly onClose: () => void;
}

export function NewProjectDialog({ organisations, onClose }: NewProjectDialogProps): ReactNode {
  const t = useText(projectsTexts);
  const c = useText(commonTexts);
  const client = useQueryClient();
  const navigate = useNavigate();
  const [organisation, setOrganisation] = useState(organisations[0]?.id ?? '');
  const [name, setName] = useState('');
  const [typedRef, setRef] = useState<string | null>(null);
  const ref = typedRef ?? refOfName(name);
  const isRefWrong = ref !== '' && !REF.test(ref);
  const create = useMutation({
    mutationFn: () => control.createProject(organisation, ref, name.trim()),
    async onSuccess(project) {
      await client.invalidateQueries(queries.projects());
      await navigate({ to: '/projects/$ref', params: { ref: project.ref } });
    },
  });
  return (
    <FormDialog
      title={t('newProject')}
      verb={t('create')}
      isBusy={create.isPending}
      error={create.error}
      note={create.isPending ? t('creatingNow') : undefined}
      onSubmit={() => {
        if (REF.test(ref)) create.mutate();
      }}
      onClose={onClose}
    >
      {organisations.length > 1 && (
        <Select
          label={t('organisation')}
          data={organisations.map(({ id, name: label }) => ({ value: id, label }))}
          value={organisation}
          onChange={(value) => setOrganisation(value ?? '')}
        />
      )}
      <TextInput
        label={c('name')}
        data-autofocus
        required
        withAsterisk={false}
        maxLength={200}
        value={name}
        onChange={({ currentTarget: { value } }) => setName(value)}
      />
      <TextInput
        label={t('ref')}
        description={t('refHint')}
        dir="ltr"
        required
        withAsterisk={false}
        error={isRefWrong ? t('refWrong') : null}
        value={ref}
        onChange={({ currentTarget: { value } }) => setRef(value)}
      />
    </FormDialog>
  );
}
