import { Button, Group, Stack } from '@mantine/core';
import { showToast } from '@ashlar/ui';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { type AccountSettings, accountSettings, type SettingsSection } from '../../api/account-settings.ts';
import { ApiError } from '../../api/api-error.ts';
import { isAtLeast } from '../../api/control.ts';
import { queries } from '../../api/queries.ts';
import { FormError } from '../../parts/form-error.tsx';
import { useProject } from '../../parts/use-project.ts';
import { WhileLoading } from '../../parts/while-loading.tsx';
import { commonTexts } from '../../texts/common.ts';
import { useText } from '../../texts/use-text.ts';
import { accountSettingsTexts } from './account-settings-texts.ts';
import styles from './project-settings-page.module.css';

export interface SectionFields<Section extends SettingsSection> {
  /** With what was changed and not saved. */
  readonly value: AccountSettings[Section];
  readonly change: (changes: Partial<AccountSettings[Section]>) => void;
  readonly readOnly: boolean;
}

export interface SectionFormProps<Section extends SettingsSection> {
  readonly section: Section;
  readonly title: string;
  readonly children: (fields: SectionFields<Section>) => ReactNode;
}

/** Fields of a section of the settings: what is changed is sent, and refused when somebody was faster. */
export function SectionForm<Section extends SettingsSection>(props: SectionFormProps<Section>): ReactNode {
  const { section, title, children } = props;
  const t = useText(accountSettingsTexts);
  const c = useText(commonTexts);
  const { ref, role } = useProject();
  const client = useQueryClient();
  const query = useQuery(queries.accountSettings(ref, section));
  const [changes, setChanges] = useState<Partial<AccountSettings[Section]>>({});
  const isChanged = Object.keys(changes).length > 0;
  const save = useMutation({
    mutationFn: (version: number) => accountSettings.change(ref, section, version, changes),
    onSuccess(document) {
      client.setQueryData(queries.accountSettings(ref, section).queryKey, document);
      setChanges({});
      showToast({ text: c('saved'), tone: 'good' });
    },
    onError: (error) =>
      error instanceof ApiError && error.status === 412
        ? client.invalidateQueries(queries.accountSettings(ref, section))
        : undefined,
  });
  const isBehind = save.error instanceof ApiError && save.error.status === 412;
  return (
    <section>
      <h2 className={styles['heading']}>{title}</h2>
      <WhileLoading query={query}>
        {({ value, version }) => (
          <form
            onSubmit={(event) => {
              event.preventDefault();
              save.mutate(version);
            }}
          >
            <Stack gap="sm" mt="sm">
              <FormError error={save.error} saying={isBehind ? t('meanwhile') : undefined} />
              {children({
                value: { ...value, ...changes },
                change: (more) => setChanges((before) => ({ ...before, ...more })),
                readOnly: !isAtLeast(role, 'admin'),
              })}
              {isChanged && (
                <Group justify="flex-end" gap="xs">
                  <Button variant="default" onClick={() => setChanges({})}>
                    {c('cancel')}
                  </Button>
                  <Button type="submit" loading={save.isPending}>
                    {c('save')}
                  </Button>
                </Group>
              )}
            </Stack>
          </form>
        )}
      </WhileLoading>
    </section>
  );
}
