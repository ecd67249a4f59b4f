import { Radio, Stack, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { control, isAtLeast, type Organisation, type Role, ROLES } from '../../api/control.ts';
import { queries } from '../../api/queries.ts';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { ShownOnceDialog } from '../../parts/shown-once-dialog.tsx';
import { commonTexts } from '../../texts/common.ts';
import { useText } from '../../texts/use-text.ts';
import { membersTexts } from './members-texts.ts';

export interface InviteDialogProps {
  readonly organisation: Organisation;
  readonly onClose: () => void;
}

/** An address and a role; then the link, which is seen this once, or word of the mail that brought it. */
export function InviteDialog({ organisation, onClose }: InviteDialogProps): ReactNode {
  const t = useText(membersTexts);
  const c = useText(commonTexts);
  const client = useQueryClient();
  const [email, setEmail] = useState('');
  const [role, setRole] = useState<Role>('developer');
  const invite = useMutation({
    mutationFn: () => control.invite(organisation.id, email, role),
    onSuccess: () => client.invalidateQueries(queries.invitations(organisation.id)),
  });
  if (invite.data !== undefined) {
    const { email: invited, link } = invite.data;
    const isMailed = link === undefined;
    return (
      <ShownOnceDialog
        title={t(isMailed ? 'mailedTitle' : 'madeTitle', { email: invited })}
        hint={t(isMailed ? 'mailedHint' : 'madeHint')}
        label={t('link')}
        value={link}
        onClose={onClose}
      />
    );
  }
  return (
    <FormDialog
      title={t('inviteTitle')}
      verb={t('inviteAction')}
      isBusy={invite.isPending}
      error={invite.error}
      onSubmit={() => invite.mutate()}
      onClose={onClose}
    >
      <TextInput
        label={c('email')}
        type="email"
        dir="ltr"
        data-autofocus
        required
        withAsterisk={false}
        value={email}
        onChange={({ currentTarget: { value } }) => setEmail(value)}
      />
      <Radio.Group
        label={c('role')}
        value={role}
        onChange={(next) => setRole(ROLES.find((each) => each === next) ?? role)}
      >
        <Stack gap="xs" mt={4}>
          {ROLES.filter((each) => isAtLeast(organisation.role, each)).map((each) => (
            <Radio key={each} value={each} label={c(each)} description={t(`${each}Hint`)} />
          ))}
        </Stack>
      </Radio.Group>
    </FormDialog>
  );
}
