import { Button, Group, Popover, Stack, Text } from '@mantine/core';
import { Icon } from '@ashlar/ui';
import { type ReactNode, useState } from 'react';
import type { Caller } from '../../api/visibility.ts';
import { ANONYMOUS, callerOf, CallerPicker } from '../../parts/caller-picker.tsx';
import { defineTexts, useText } from '../../texts/use-text.ts';
import styles from './table-rows.module.css';

const texts = defineTexts(
  {
    viewAs: 'View as',
    hint: 'Shows the rows a caller of the API would see, by the policies there are.',
    show: 'Show',
    back: 'Back to all rows',
    anon: 'This is what an anonymous caller sees.',
    authenticated: 'This is what the signed-in user {user} sees.',
    nobody: 'This is what a signed-in user without an id sees.',
    service_role: 'This is what a service key sees.',
  },
  {
    viewAs: 'العرض بصفة',
    hint: 'يعرض الصفوف التي يراها مستدعي الواجهة بحسب السياسات الموجودة.',
    show: 'اعرض',
    back: 'العودة إلى كل الصفوف',
    anon: 'هذا ما يراه مستدعٍ مجهول.',
    authenticated: 'هذا ما يراه المستخدم المسجّل {user}.',
    nobody: 'هذا ما يراه مستخدم مسجّل بلا معرّف.',
    service_role: 'هذا ما يراه مفتاح خدمة.',
  },
);

export interface ViewAsProps {
  /** Null for who administers the project. */
  readonly seenBy: Caller | null;
  readonly onChange: (seenBy: Caller | null) => void;
}

/** Chooses through whose eyes a table is looked at. */
export function ViewAs({ seenBy, onChange }: ViewAsProps): ReactNode {
  const t = useText(texts);
  const [isOpen, setOpen] = useState(false);
  const [draft, setDraft] = useState(ANONYMOUS);
  const caller = callerOf(draft);
  return (
    <Popover
      opened={isOpen}
      onChange={setOpen}
      position="bottom-start"
      shadow="md"
      trapFocus
      closeOnClickOutside={false}
    >
      <Popover.Target>
        <Button
          data-may-shrink
          title={t('viewAs')}
          variant={seenBy === null ? 'default' : 'light'}
          leftSection={<Icon name="eye" />}
          onClick={() => setOpen(!isOpen)}
        >
          {t('viewAs')}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (caller === null) return;
            onChange(caller);
            setOpen(false);
          }}
        >
          <Stack gap="xs">
            <Text size="xs" c="dimmed">
              {t('hint')}
            </Text>
            <CallerPicker caller={draft} onChange={setDraft} />
            <Group justify="flex-end">
              <Button type="submit" disabled={caller === null}>
                {t('show')}
              </Button>
            </Group>
          </Stack>
        </form>
      </Popover.Dropdown>
    </Popover>
  );
}

export interface SeenByNoteProps {
  readonly seenBy: Caller;
  readonly onBack: () => void;
}

export function SeenByNote({ seenBy: { role, claims }, onBack }: SeenByNoteProps): ReactNode {
  const t = useText(texts);
  const user = claims['sub'];
  return (
    <div className={styles['note']} role="status" data-other>
      <Icon name="eye" />
      {role === 'authenticated' && typeof user !== 'string' ? t('nobody') : t(role, { user: String(user) })}
      <Button variant="subtle" onClick={onBack}>
        {t('back')}
      </Button>
    </div>
  );
}
