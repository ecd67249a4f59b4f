import { ActionIcon, Button, Menu, Select } from '@mantine/core';
import { Blank, Icon } from '@ashlar/ui';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { type ReactNode, useCallback, useEffect, useState } from 'react';
import { USER_SORTS, USERS_PER_PAGE } from '../../api/accounts.ts';
import { isAtLeast } from '../../api/control.ts';
import { queries } from '../../api/queries.ts';
import { NoneFound } from '../../parts/none-found.tsx';
import { Page } from '../../parts/page.tsx';
import { SearchField } from '../../parts/search-field.tsx';
import { useProject } from '../../parts/use-project.ts';
import { WhileLoading } from '../../parts/while-loading.tsx';
import { useText } from '../../texts/use-text.ts';
import { AddUserDialog } from './add-user-dialog.tsx';
import { InviteUserDialog } from './invite-user-dialog.tsx';
import { UserTable } from './user-table.tsx';
import styles from './users-page.module.css';
import { UsersTabs } from './users-tabs.tsx';
import { usersTexts } from './users-texts.ts';

const route = getRouteApi('/signed-in/projects/$ref/users/');
const SORT_TEXTS = {
  '-created_at': 'newest',
  created_at: 'oldest',
  '-last_sign_in_at': 'lastSeen',
  email: 'byEmail',
} as const;
const TYPING_MS = 250;

/** The people who have an account in the project. */
export function UsersPage(): ReactNode {
  const t = useText(usersTexts);
  const { ref, role } = useProject();
  const { q: term = '', sort: sorted, page: paged } = route.useSearch();
  const navigate = route.useNavigate();
  const [typed, setTyped] = useState(term);
  const [asked, ask] = useState<'add' | 'invite' | null>(null);
  const sort = USER_SORTS.find((each) => each === sorted) ?? '-created_at';
  const page = Math.max(Number(paged ?? 1) || 1, 1);
  const users = useQuery(queries.users(ref, { term, sort, page }));
  const mayChange = isAtLeast(role, 'admin');

  const show = useCallback(
    (next: { readonly term: string; readonly sort: string; readonly page: number }, replace = false): void =>
      void navigate({ search: toSearch(next), replace }),
    [navigate],
  );
  useEffect(() => {
    const wanted = typed.trim();
    if (wanted === term) return undefined;
    const timer = setTimeout(() => show({ term: wanted, sort, page: 1 }, true), TYPING_MS);
    return () => clearTimeout(timer);
  }, [typed, term, sort, show]);

  const turnTo = (next: number): void => show({ term, sort, page: next });
  return (
    <Page
      title={t('title')}
      toolbar={
        <>
          <UsersTabs projectRef={ref} />
          <SearchField label={t('find')} value={typed} onChange={setTyped} />
          <Select
            className={styles['sort'] ?? ''}
            size="xs"
            aria-label={t('sort')}
            data={USER_SORTS.map((value) => ({ value, label: t(SORT_TEXTS[value]) }))}
            value={sort}
            onChange={(value) => show({ term, sort: value ?? sort, page: 1 })}
          />
          {mayChange && (
            <Menu position="bottom-end">
              <Menu.Target>
                <Button data-end leftSection={<Icon name="user-plus" />} rightSection={<Icon name="chevron-down" />}>
                  {t('addUser')}
                </Button>
              </Menu.Target>
              <Menu.Dropdown>
                <Menu.Item leftSection={<Icon name="key" />} onClick={() => ask('add')}>
                  {t('withPassword')}
                </Menu.Item>
                <Menu.Item leftSection={<Icon name="mail" />} onClick={() => ask('invite')}>
                  {t('invite')}
                </Menu.Item>
              </Menu.Dropdown>
            </Menu>
          )}
        </>
      }
    >
      <WhileLoading query={users}>
        {({ users: found }) => {
          if (found.length === 0 && page === 1 && term === '') {
            return (
              <Blank
                icon="users"
                title={t('emptyTitle')}
                action={mayChange ? <Button onClick={() => ask('add')}>{t('addUser')}</Button> : undefined}
              >
                {t(mayChange ? 'emptyHint' : 'emptyForViewer')}
              </Blank>
            );
          }
          if (found.length === 0 && page === 1) {
            return <NoneFound title={t('none')} onClear={() => setTyped('')} />;
          }
          return (
            <>
              <UserTable projectRef={ref} users={found} />
              {(page > 1 || found.length === USERS_PER_PAGE) && (
                <nav className={styles['pages']} aria-label={t('page', { page })}>
                  <ActionIcon aria-label={t('before')} disabled={page === 1} onClick={() => turnTo(page - 1)}>
                    <Icon name="chevron-left" />
                  </ActionIcon>
                  <span>{t('page', { page })}</span>
                  <ActionIcon
                    aria-label={t('after')}
                    disabled={found.length < USERS_PER_PAGE}
                    onClick={() => turnTo(page + 1)}
                  >
                    <Icon name="chevron-right" />
                  </ActionIcon>
                </nav>
              )}
            </>
          );
        }}
      </WhileLoading>
      {asked === 'add' && <AddUserDialog projectRef={ref} onClose={() => ask(null)} />}
      {asked === 'invite' && <InviteUserDialog projectRef={ref} onClose={() => ask(null)} />}
    </Page>
  );
}

/** What a link to the list carries: only what differs from the first page of everybody. */
function toSearch({ term, sort, page }: { readonly term: string; readonly sort: string; readonly page: number }): {
  readonly q?: string;
  readonly sort?: string;
  readonly page?: string;
} {
  return {
    ...(term === '' ? {} : { q: term }),
    ...(sort === USER_SORTS[0] ? {} : { sort }),
    ...(page === 1 ? {} : { page: String(page) }),
  };
}
