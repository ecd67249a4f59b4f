import { Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { isAtLeast } from '../../api/control.ts';
import { NotAllowed } from '../../app/failure.tsx';
import { Page } from '../../parts/page.tsx';
import { useProject } from '../../parts/use-project.ts';
import { useText } from '../../texts/use-text.ts';
import { accountSettingsTexts } from './account-settings-texts.ts';
import { SettingsTabs } from './settings-tabs.tsx';

export interface SettingsPageProps {
  readonly title: string;
  /** What only developers and above see. */
  readonly children: ReactNode;
}

/** A page of the settings of accounts: developers look, admins change. */
export function SettingsPage({ title, children }: SettingsPageProps): ReactNode {
  const t = useText(accountSettingsTexts);
  const { ref, role } = useProject();
  if (!isAtLeast(role, 'developer')) return <NotAllowed least="developer" />;
  return (
    <Page title={title} width="column" toolbar={<SettingsTabs />}>
      {/* What was typed for one project is not for another. */}
      <Stack gap={32} key={ref}>
        {!isAtLeast(role, 'admin') && (
          <Text size="sm" c="dimmed">
            {t('adminOnly')}
          </Text>
        )}
        {children}
      </Stack>
    </Page>
  );
}
