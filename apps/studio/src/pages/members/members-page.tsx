import { Button, TextInput } from '@mantine/core';
import { Blank, Icon } from '@ashlar/ui';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { isAtLeast } from '../../api/control.ts';
import { queries } from '../../api/queries.ts';
import { NotFound } from '../../app/failure.tsx';
import { Page } from '../../parts/page.tsx';
import { WhileLoading } from '../../parts/while-loading.tsx';
import { useText } from '../../texts/use-text.ts';
import { InvitationList } from './invitation-list.tsx';
import { InviteDialog } from './invite-dialog.tsx';
import { MemberTable } from './member-table.tsx';
import styles from './members-page.module.css';
import { membersTexts } from './members-texts.ts';

/** The people of an organisation, and who is asked to join. */
export function MembersPage(): ReactNode {
  const t = useText(membersTexts);
  const { organisation: id = '' } = useParams({ strict: false });
  const { data: account } = useQuery(queries.account());
  const members = useQuery(queries.members(id));
  const [search, setSearch] = useState('');
  const [isInviting, setInviting] = useState(false);
  if (account === undefined) return null;
  const organisation = account.organisations.find((own) => own.id === id);
  if (organisation === undefined) return <NotFound />;
  const mayChange = isAtLeast(organisation.role, 'admin');

  return (
    <Page
      title={t('title')}
      toolbar={
        <>
          <TextInput
            className={styles['search'] ?? ''}
            size="xs"
            leftSection={<Icon name="search" />}
            placeholder={t('find')}
            aria-label={t('find')}
            value={search}
            onChange={({ currentTarget: { value } }) => setSearch(value)}
          />
          {mayChange && (
            <Button data-end leftSection={<Icon name="user-plus" />} onClick={() => setInviting(true)}>
              {t('invite')}
            </Button>
          )}
        </>
      }
    >
      <WhileLoading query={members}>
        {(all) => {
          const wanted = search.trim().toLocaleLowerCase();
          const found = all.filter(({ email }) => email.toLocaleLowerCase().includes(wanted));
          return found.length === 0 ? (
            <Blank
              icon="search"
              title={t('none')}
              action={
                <Button variant="default" onClick={() => setSearch('')}>
                  {t('clear')}
                </Button>
              }
            />
          ) : (
            <MemberTable organisation={organisation} members={found} self={account.id} />
          );
        }}
      </WhileLoading>
      {mayChange && <InvitationList organisation={id} />}
      {isInviting && <InviteDialog organisation={organisation} onClose={() => setInviting(false)} />}
    </Page>
  );
}
