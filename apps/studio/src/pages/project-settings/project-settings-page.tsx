import { Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { showToast } from '@ashlar/ui';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { control, isAtLeast, type ProjectInDetail } from '../../api/control.ts';
import { queries } from '../../api/queries.ts';
import { useFailureToast } from '../../app/describe-failure.ts';
import { ConfirmDialog } from '../../parts/confirm-dialog.tsx';
import { CopyLine } from '../../parts/copy-line.tsx';
import { FormError } from '../../parts/form-error.tsx';
import { Page } from '../../parts/page.tsx';
import { projectAddress } from '../../parts/project-address.ts';
import { useProject } from '../../parts/use-project.ts';
import { commonTexts } from '../../texts/common.ts';
import { useFormat, useText } from '../../texts/use-text.ts';
import { ProjectStatus } from '../projects/project-status.tsx';
import { projectSettingsTexts } from './project-settings-texts.ts';
import styles from './project-settings-page.module.css';
import { SettingsTabs } from './settings-tabs.tsx';

/** What a project is called, and whether it runs. */
export function ProjectSettingsPage(): ReactNode {
  const t = useText(projectSettingsTexts);
  const project = useProject();
  return (
    <Page
      title={t('title')}
      width="column"
      toolbar={isAtLeast(project.role, 'developer') ? <SettingsTabs /> : undefined}
    >
      <Stack gap={32}>
        <General key={project.ref} project={project} />
        <State project={project} />
      </Stack>
    </Page>
  );
}

function General({ project: { ref, name, role } }: { readonly project: ProjectInDetail }): ReactNode {
  const t = useText(projectSettingsTexts);
  const c = useText(commonTexts);
  const client = useQueryClient();
  const [typed, setTyped] = useState(name);
  const mayChange = isAtLeast(role, 'admin');
  const rename = useMutation({
    mutationFn: () => control.renameProject(ref, typed.trim()),
    async onSuccess() {
      showToast({ text: t('saved'), tone: 'good' });
      await client.invalidateQueries(queries.projects());
    },
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        rename.mutate();
      }}
    >
      <Stack gap="sm">
        <h2 className={styles['heading']}>{t('general')}</h2>
        <FormError error={rename.error} />
        <TextInput
          label={c('name')}
          required
          withAsterisk={false}
          maxLength={200}
          readOnly={!mayChange}
          description={mayChange ? undefined : t('adminOnly')}
          value={typed}
          onChange={({ currentTarget: { value } }) => setTyped(value)}
        />
        <TextInput label={t('ref')} description={t('refHint')} dir="ltr" readOnly value={ref} />
        <div>
          <Text size="sm" fw={500} mb={4}>
            {t('address')}
          </Text>
          <CopyLine label={t('address')} value={projectAddress(ref)} />
        </div>
        {mayChange && typed.trim() !== name && (
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={() => setTyped(name)}>
              {c('cancel')}
            </Button>
            <Button type="submit" loading={rename.isPending}>
              {t('save')}
            </Button>
          </Group>
        )}
      </Stack>
    </form>
  );
}

function State({ project }: { readonly project: ProjectInDetail }): ReactNode {
  const t = useText(projectSettingsTexts);
  const format = useFormat();
  const client = useQueryClient();
  const navigate = useNavigate();
  const tellFailure = useFailureToast();
  const [isDeleting, setDeleting] = useState(false);
  const { ref, name, role, status, delete_after: deleteAfter } = project;
  const isAtRest = status === 'paused' || status === 'deleted';
  const changed = (): Promise<void> => client.invalidateQueries(queries.projects());
  const turn = useMutation({
    mutationFn: () => (isAtRest ? control.restoreProject(ref) : control.pauseProject(ref)),
    onError: tellFailure,
    onSettled: changed,
  });
  async function remove(): Promise<void> {
    await control.deleteProject(ref);
    setDeleting(false);
    const restore = (): void => void control.restoreProject(ref).then(changed, tellFailure);
    showToast({ text: t('deletedToast', { name }), action: { label: t('undo'), run: restore } });
    await navigate({ to: '/' });
    await changed();
  }
  return (
    <section>
      <Stack gap="sm">
        <Group gap="xs">
          <h2 className={styles['heading']}>{t('state')}</h2>
          <ProjectStatus project={project} />
        </Group>
        {status === 'deleted' && deleteAfter !== null && (
          <Text size="sm">
            {t('deletedText', { date: format.dateTime(new Date(deleteAfter), { dateStyle: 'long' }) })}
          </Text>
        )}
        {isAtLeast(role, 'admin') && (isAtRest || status === 'active') && (
          <div className={styles['act']}>
            <Text size="sm" c="dimmed">
              {t(isAtRest ? 'restoreText' : 'pauseText')}
            </Text>
            <Button variant="default" loading={turn.isPending} onClick={() => turn.mutate()}>
              {t(isAtRest ? 'restore' : 'pause')}
            </Button>
          </div>
        )}
        {isAtLeast(role, 'owner') && status !== 'deleted' && ref !== 'default' && (
          <div className={styles['act']}>
            <Text size="sm" c="dimmed">
              {t('deleteText')}
            </Text>
            <Button variant="light" color="red" onClick={() => setDeleting(true)}>
              {t('delete')}
            </Button>
          </div>
        )}
      </Stack>
      {isDeleting && (
        <ConfirmDialog
          title={t('deleteTitle', { name })}
          verb={t('delete')}
          name={ref}
          run={remove}
          onClose={() => setDeleting(false)}
        >
          {t('deleteText')}
        </ConfirmDialog>
      )}
    </section>
  );
}
