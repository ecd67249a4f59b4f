import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { TabLinks } from '../../parts/tab-links.tsx';
import { useText } from '../../texts/use-text.ts';
import { usersTexts } from './users-texts.ts';

/** People of the project, and the organisations they belong to. */
export function UsersTabs({ projectRef: ref }: { readonly projectRef: string }): ReactNode {
  const t = useText(usersTexts);
  return (
    <TabLinks label={t('title')}>
      <Link to="/projects/$ref/users" params={{ ref }} activeOptions={{ exact: true, includeSearch: false }}>
        {t('usersTab')}
      </Link>
      <Link to="/projects/$ref/users/organisations" params={{ ref }}>
        {t('organisationsTab')}
      </Link>
    </TabLinks>
  );
}
