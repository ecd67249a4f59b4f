import { Button, Table } from '@mantine/core';
import { Blank, Icon } from '@ashlar/ui';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { isAtLeast, type Project } from '../../api/control.ts';
import { queries } from '../../api/queries.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { NoneFound } from '../../parts/none-found.tsx';
import { Page } from '../../parts/page.tsx';
import { SearchField } from '../../parts/search-field.tsx';
import { WhileLoading } from '../../parts/while-loading.tsx';
import { commonTexts } from '../../texts/common.ts';
import { useFormat, useText } from '../../texts/use-text.ts';
import { NewProjectDialog } from './new-project-dialog.tsx';
import { ProjectStatus } from './project-status.tsx';
import { projectsTexts } from './projects-texts.ts';
import styles from './projects-page.module.css';

const route = getRouteApi('/signed-in/');

/** Every project one has a role in. */
export function ProjectsPage(): ReactNode {
  const t = useText(projectsTexts);
  const { new: isNew } = route.useSearch();
  const navigate = route.useNavigate();
  const [search, setSearch] = useState('');
  const projects = useQuery(queries.projects());
  const { data: account } = useQuery(queries.account());
  const administered = (account?.organisations ?? []).filter(({ role }) => isAtLeast(role, 'admin'));
  const mayCreate = administered.length > 0;
  const openDialog = (): void => void navigate({ search: { new: true } });

  return (
    <Page
      title={t('title')}
      toolbar={
        <>
          <SearchField label={t('find')} value={search} onChange={setSearch} />
          {mayCreate && (
            <Button data-end leftSection={<Icon name="plus" />} onClick={openDialog}>
              {t('newProject')}
            </Button>
          )}
        </>
      }
    >
      <WhileLoading query={projects}>
        {(all) => {
          if (all.length === 0) {
            return (
              <Blank
                icon="database"
                title={t('emptyTitle')}
                action={mayCreate ? <Button onClick={openDialog}>{t('newProject')}</Button> : undefined}
              >
                {t(mayCreate ? 'emptyHint' : 'emptyForViewer')}
              </Blank>
            );
          }
          const found = all.filter((project) => isFound(project, search));
          return found.length === 0 ? (
            <NoneFound title={t('none')} onClear={() => setSearch('')} />
          ) : (
            <ProjectTable projects={found} />
          );
        }}
      </WhileLoading>
      {isNew === true && mayCreate && (
        <NewProjectDialog organisations={administered} onClose={() => void navigate({ search: {} })} />
      )}
    </Page>
  );
}

function ProjectTable({ projects }: { readonly projects: readonly Project[] }): ReactNode {
  const t = useText(projectsTexts);
  const c = useText(commonTexts);
  const format = useFormat();
  const { data: account } = useQuery(queries.account());
  const nameOf = new Map(account?.organisations.map(({ id, name }) => [id, name]));
  return (
    <DataTable label={t('title')} heads={[c('name'), t('status'), t('organisation'), t('created')]}>
      {projects.map((project) => (
        <Table.Tr key={project.ref} className={styles['row'] ?? ''}>
          <Table.Td>
            <Link to="/projects/$ref" params={{ ref: project.ref }} className={styles['name'] ?? ''}>
              <bdi>{project.name}</bdi>
              <bdi className={styles['ref']}>{project.ref}</bdi>
            </Link>
          </Table.Td>
          <Table.Td>
            <ProjectStatus project={project} />
          </Table.Td>
          <Table.Td>
            <bdi>{nameOf.get(project.organisation_id) ?? '–'}</bdi>
          </Table.Td>
          <Table.Td>{format.dateTime(new Date(project.created_at), { dateStyle: 'medium' })}</Table.Td>
        </Table.Tr>
      ))}
    </DataTable>
  );
}

function isFound({ name, ref }: Project, search: string): boolean {
  return `${name} ${ref}`.toLocaleLowerCase().includes(search.trim().toLocaleLowerCase());
}
