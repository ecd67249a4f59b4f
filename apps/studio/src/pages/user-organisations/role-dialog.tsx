import { MultiSelect, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { type OrganisationRole, projectOrganisations } from '../../api/project-organisations.ts';
import { queries } from '../../api/queries.ts';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { useProject } from '../../parts/use-project.ts';
import { useLanguage } from '../../texts/language.tsx';
import { useText } from '../../texts/use-text.ts';
import { refOfName } from '../projects/ref-of-name.ts';
import { nameIn } from './name-in.ts';
import { userOrganisationsTexts } from './user-organisations-texts.ts';

export interface RoleDialogProps {
  readonly organisation: string;
  /** Null for a new one. */
  readonly role: OrganisationRole | null;
  readonly onClose: () => void;
}

/** What a role is called, permits and denies, out of the catalogue of permissions. */
export function RoleDialog({ organisation, role, onClose }: RoleDialogProps): ReactNode {
  const t = useText(userOrganisationsTexts);
  const { language } = useLanguage();
  const { ref } = useProject();
  const client = useQueryClient();
  const [english, setEnglish] = useState(role?.name['en'] ?? '');
  const [arabic, setArabic] = useState(role?.name['ar'] ?? '');
  const [typedKey, setKey] = useState<string | null>(role?.key ?? null);
  const [permissions, setPermissions] = useState<readonly string[]>(role?.permissions ?? []);
  const [denials, setDenials] = useState<readonly string[]>(role?.denials ?? []);
  const { data: catalogue = [] } = useQuery(queries.organisationPermissions(ref, organisation));
  const key = typedKey ?? refOfName(english);
  const options = catalogue.map(({ key: value, title }) => ({ value, label: `${value} · ${nameIn(title, language)}` }));
  const save = useMutation({
    mutationFn: () =>
      projectOrganisations.defineRole(ref, organisation, role?.id ?? null, {
        key,
        name: {
          ...role?.name,
          ...(english.trim() === '' ? {} : { en: english }),
          ...(arabic.trim() === '' ? {} : { ar: arabic }),
        },
        permissions,
        denials,
      }),
    async onSuccess() {
      await client.invalidateQueries(queries.projectOrganisation(ref, organisation));
      onClose();
    },
  });
  return (
    <FormDialog
      title={role === null ? t('roleTitle') : t('editRole', { name: nameIn(role.name, language) })}
      verb={t('saveRole')}
      size="lg"
      isBusy={save.isPending}
      error={save.error}
      onSubmit={() => save.mutate()}
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
        label={t('key')}
        dir="ltr"
        required
        withAsterisk={false}
        maxLength={63}
        readOnly={role !== null}
        value={key}
        onChange={({ currentTarget: { value } }) => setKey(value)}
      />
      <MultiSelect
        label={t('permissions')}
        size="sm"
        searchable
        data={options}
        value={[...permissions]}
        onChange={setPermissions}
      />
      <MultiSelect
        label={t('denials')}
        description={t('denialsHint')}
        size="sm"
        searchable
        data={options}
        value={[...denials]}
        onChange={setDenials}
      />
    </FormDialog>
  );
}
