import { Button, Group, Modal, Radio, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { control, isAtLeast, type Organisation, type Role, ROLES } from '../../api/control.ts';
import { queries } from '../../api/queries.ts';
import { CopyLine } from '../../parts/copy-line.tsx';
import { FormError } from '../../parts/form-error.tsx';
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
    return (
      <Modal
        opened
        onClose={onClose}
        title={t(link === undefined ? 'mailedTitle' : 'madeTitle', { email: invited })}
        closeOnClickOutside={false}
        withCloseButton={false}
      >
        <Stack gap="sm">
          <Text size="sm">{t(link === undefined ? 'mailedHint' : 'madeHint')}</Text>
          {link !== undefined && <CopyLine label={t('link')} value={link} />}
          <Group justify="flex-end">
            <Button data-autofocus onClick={onClose}>
              {link === undefined ? c('close') : t('done')}
            </Button>
          </Group>
        </Stack>
      </Modal>
    );
  }
  return (
    <Modal opened onClose={onClose} title={t('inviteTitle')} closeButtonProps={{ 'aria-label': c('close') }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          invite.mutate();
        }}
      >
        <Stack gap="sm">
          <FormError error={invite.error} />
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
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {c('cancel')}
            </Button>
            <Button type="submit" loading={invite.isPending}>
              {t('inviteAction')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
