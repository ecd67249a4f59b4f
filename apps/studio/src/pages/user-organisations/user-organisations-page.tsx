import { Badge, Button, Table } from '@mantine/core';
import { Icon } from '@ashlar/ui';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { isAtLeast } from '../../api/control.ts';
import { queries } from '../../api/queries.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { NoneFound } from '../../parts/none-found.tsx';
import { Page } from '../../parts/page.tsx';
import { SearchField } from '../../parts/search-field.tsx';
import { useProject } from '../../parts/use-project.ts';
import { WhileLoading } from '../../parts/while-loading.tsx';
import { commonTexts } from '../../texts/common.ts';
import { useLanguage } from '../../texts/language.tsx';
import { useFormat, useText } from '../../texts/use-text.ts';
import { UsersTabs } from '../users/users-tabs.tsx';
import { nameIn } from './name-in.ts';
import { NewOrganisationDialog } from './new-organisation-dialog.tsx';
import styles from './user-organisations.module.css';
import { userOrganisationsTexts } from './user-organisations-texts.ts';

/** The organisations that users of the project belong to. */
export function UserOrganisationsPage(): ReactNode {
  const t = useText(userOrganisationsTexts);
  const c = useText(commonTexts);
  const format = useFormat();
  const { language } = useLanguage();
  const { ref, role } = useProject();
  const [search, setSearch] = useState('');
  const [isAdding, setAdding] = useState(false);
  const organisations = useQuery(queries.projectOrganisations(ref));
  const mayChange = isAtLeast(role, 'admin');
  return (
    <Page
      title={t('title')}
      toolbar={
        <>
          <UsersTabs projectRef={ref} />
          <SearchField label={t('find')} value={search} onChange={setSearch} />
          {mayChange && (
            <Button data-end leftSection={<Icon name="plus" />} onClick={() => setAdding(true)}>
              {t('add')}
            </Button>
          )}
        </>
      }
    >
      <WhileLoading query={organisations}>
        {(all) => {
          const wanted = search.trim().toLocaleLowerCase();
          const found = all.filter(({ slug, name }) =>
            `${slug} ${Object.values(name).join(' ')}`.toLocaleLowerCase().includes(wanted),
          );
          if (found.length === 0) return <NoneFound title={t('none')} onClear={() => setSearch('')} />;
          return (
            <DataTable label={t('title')} heads={[c('name'), t('status'), t('created')]}>
              {found.map(({ id, slug, name, status, created_at: since }) => (
                <Table.Tr key={id}>
                  <Table.Td>
                    <Link
                      to="/projects/$ref/users/organisations/$userOrganisation"
                      params={{ ref, userOrganisation: id }}
                      className={styles['name'] ?? ''}
                    >
                      <bdi>{nameIn(name, language)}</bdi>
                      <bdi className={styles['sub']}>{slug}</bdi>
                    </Link>
                  </Table.Td>
                  <Table.Td>
                    <Badge color={status === 'active' ? 'green' : 'gray'}>{t(status)}</Badge>
                  </Table.Td>
                  <Table.Td>{format.dateTime(new Date(since), { dateStyle: 'medium' })}</Table.Td>
                </Table.Tr>
              ))}
            </DataTable>
          );
        }}
      </WhileLoading>
      {isAdding && <NewOrganisationDialog projectRef={ref} onClose={() => setAdding(false)} />}
    </Page>
  );
}
