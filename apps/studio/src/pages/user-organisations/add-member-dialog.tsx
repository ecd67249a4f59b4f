import { Select } from '@mantine/core';
import { showToast } from '@ashlar/ui';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { projectOrganisations } from '../../api/project-organisations.ts';
import { queries } from '../../api/queries.ts';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { useProject } from '../../parts/use-project.ts';
import { commonTexts } from '../../texts/common.ts';
import { useLanguage } from '../../texts/language.tsx';
import { useText } from '../../texts/use-text.ts';
import { nameOf } from '../users/user-state.tsx';
import { nameIn } from './name-in.ts';
import { userOrganisationsTexts } from './user-organisations-texts.ts';

export interface AddMemberDialogProps {
  readonly organisation: string;
  readonly onClose: () => void;
}

/** A user of the project, looked for by the beginning of their address or name, and the first role. */
export function AddMemberDialog({ organisation, onClose }: AddMemberDialogProps): ReactNode {
  const t = useText(userOrganisationsTexts);
  const c = useText(commonTexts);
  const { language } = useLanguage();
  const { ref } = useProject();
  const client = useQueryClient();
  const [typed, setTyped] = useState('');
  const [user, setUser] = useState<string | null>(null);
  const [role, setRole] = useState('member');
  const { data: found } = useQuery(queries.users(ref, { term: typed.trim(), sort: 'email', page: 1 }));
  const { data: roles = [] } = useQuery(queries.organisationRoles(ref, organisation));
  const add = useMutation({
    mutationFn: (id: string) => projectOrganisations.addMember(ref, organisation, id, role),
    async onSuccess() {
      await client.invalidateQueries(queries.organisationMembers(ref, organisation));
      showToast({ text: t('memberAdded'), tone: 'good' });
      onClose();
    },
  });
  return (
    <FormDialog
      title={t('addMemberTitle')}
      verb={t('addMember')}
      isBusy={add.isPending}
      error={add.error}
      onSubmit={() => {
        if (user !== null) add.mutate(user);
      }}
      onClose={onClose}
    >
      <Select
        label={t('whom')}
        description={t('whomHint')}
        searchable
        required
        withAsterisk={false}
        data-autofocus
        data={(found?.users ?? []).map((each) => ({ value: each.id, label: nameOf(each) }))}
        // The server has looked already.
        filter={({ options }) => options}
        nothingFoundMessage={t('nobody')}
        value={user}
        onChange={setUser}
        onSearchChange={setTyped}
      />
      <Select
        label={c('role')}
        data={roles.map(({ key, name }) => ({ value: key, label: nameIn(name, language) }))}
        value={role}
        onChange={(value) => setRole(value ?? role)}
      />
    </FormDialog>
  );
}
