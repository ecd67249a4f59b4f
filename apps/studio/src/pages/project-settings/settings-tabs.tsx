import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { isAtLeast } from '../../api/control.ts';
import { TabLinks } from '../../parts/tab-links.tsx';
import { useProject } from '../../parts/use-project.ts';
import { useText } from '../../texts/use-text.ts';
import { accountSettingsTexts } from './account-settings-texts.ts';

/** The pages of a project's settings; those of accounts are for developers and above. */
export function SettingsTabs(): ReactNode {
  const t = useText(accountSettingsTexts);
  const { ref, role } = useProject();
  if (!isAtLeast(role, 'developer')) return null;
  return (
    <TabLinks label={t('tabs')}>
      <Link to="/projects/$ref/settings" params={{ ref }} activeOptions={{ exact: true }}>
        {t('general')}
      </Link>
      <Link to="/projects/$ref/settings/sign-in" params={{ ref }}>
        {t('signIn')}
      </Link>
      <Link to="/projects/$ref/settings/mail" params={{ ref }}>
        {t('mail')}
      </Link>
      <Link to="/projects/$ref/settings/limits" params={{ ref }}>
        {t('limits')}
      </Link>
    </TabLinks>
  );
}
