import { Text } from '@mantine/core';
import { Icon } from '@ashlar/ui';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { ProjectUser } from '../../api/accounts.ts';
import { isAtLeast } from '../../api/control.ts';
import { queries } from '../../api/queries.ts';
import { Page } from '../../parts/page.tsx';
import { useProject } from '../../parts/use-project.ts';
import { WhileLoading } from '../../parts/while-loading.tsx';
import { commonTexts } from '../../texts/common.ts';
import { useText } from '../../texts/use-text.ts';
import { UserAccount } from './user-account.tsx';
import { UserActions } from './user-actions.tsx';
import { UserFactors } from './user-factors.tsx';
import styles from './user-page.module.css';
import { UserSessions } from './user-sessions.tsx';
import { fullNameOf, nameOf, UserStateBadge } from './user-state.tsx';
import { userTexts } from './user-texts.ts';

/** Somebody with an account in the project: who they are, where they are signed in, and what proves it. */
export function UserPage(): ReactNode {
  const t = useText(userTexts);
  const { ref } = useProject();
  const { user: id = '' } = useParams({ strict: false });
  const user = useQuery(queries.user(ref, id));
  return (
    <Page
      title={user.data === undefined ? t('title') : nameOf(user.data)}
      toolbar={
        <>
          <Link to="/projects/$ref/users" params={{ ref }} className={styles['back'] ?? ''}>
            <Icon name="arrow-left" />
            {t('back')}
          </Link>
          {user.data !== undefined && <UserActions key={id} user={user.data} />}
        </>
      }
    >
      <WhileLoading query={user}>{(found) => <UserDetail user={found} />}</WhileLoading>
    </Page>
  );
}

function UserDetail({ user }: { readonly user: ProjectUser }): ReactNode {
  const t = useText(userTexts);
  const c = useText(commonTexts);
  const { role } = useProject();
  const fullName = fullNameOf(user);
  const mayInspect = isAtLeast(role, 'developer');
  return (
    <div className={styles['detail']}>
      <header className={styles['head']}>
        <h2 className={styles['name']}>
          <bdi>{nameOf(user)}</bdi>
          <UserStateBadge user={user} />
        </h2>
        {fullName !== null && <bdi className={styles['muted']}>{fullName}</bdi>}
      </header>
      <UserAccount key={user.id} user={user} />
      {mayInspect ? (
        <>
          <UserSessions user={user} />
          <UserFactors user={user} />
        </>
      ) : (
        <Text size="sm" c="dimmed">
          {t('sessions')}, {t('factors')}: {t('hidden', { role: c('developer') })}
        </Text>
      )}
    </div>
  );
}
