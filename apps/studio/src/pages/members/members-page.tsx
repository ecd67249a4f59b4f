import { Button } from '@mantine/core';
import { Icon } from '@ashlar/ui';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { isAtLeast } from '../../api/control.ts';
import { queries } from '../../api/queries.ts';
import { NotFound } from '../../app/failure.tsx';
import { NoneFound } from '../../parts/none-found.tsx';
import { Page } from '../../parts/page.tsx';
import { SearchField } from '../../parts/search-field.tsx';
import { WhileLoading } from '../../parts/while-loading.tsx';
import { useText } from '../../texts/use-text.ts';
import { InvitationList } from './invitation-list.tsx';
import { InviteDialog } from './invite-dialog.tsx';
import { MemberTable } from './member-table.tsx';
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
          <SearchField label={t('find')} value={search} onChange={setSearch} />
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
            <NoneFound title={t('none')} onClear={() => setSearch('')} />
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
