import { Button, Select } from '@mantine/core';
import { Blank } from '@ashlar/ui';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { isAtLeast } from '../../api/control.ts';
import type { AuditFilter } from '../../api/insight.ts';
import { queries } from '../../api/queries.ts';
import { NotAllowed, NotFound } from '../../app/failure.tsx';
import { Page } from '../../parts/page.tsx';
import { WhileLoading } from '../../parts/while-loading.tsx';
import { useText } from '../../texts/use-text.ts';
import { AUDIT_ACTIONS } from './actions.ts';
import styles from './audit-page.module.css';
import { AuditTable } from './audit-table.tsx';
import { auditTexts } from './audit-texts.ts';

/** Who did what in an organisation, and when. */
export function AuditPage(): ReactNode {
  const t = useText(auditTexts);
  const { organisation: id = '' } = useParams({ strict: false });
  const { data: account } = useQuery(queries.account());
  const { action, actor, project } = useSearch({ strict: false });
  const filter: AuditFilter = { action, actor, project };
  const organisation = account?.organisations.find((own) => own.id === id);
  const mayRead = organisation !== undefined && isAtLeast(organisation.role, 'admin');
  const audit = useInfiniteQuery({ ...queries.audit(id, filter), enabled: mayRead });
  if (account === undefined) return null;
  if (organisation === undefined) return <NotFound />;
  if (!mayRead) return <NotAllowed least="admin" />;
  return (
    <Page title={t('title')} toolbar={<AuditFilters organisation={id} filter={filter} />}>
      <WhileLoading query={audit}>
        {({ pages }) => {
          const records = pages.flat();
          if (records.length === 0) return <NothingFound organisation={id} isFiltered={isFiltered(filter)} />;
          return (
            <>
              <AuditTable records={records} />
              <div className={styles['foot']}>
                {audit.hasNextPage ? (
                  <Button
                    variant="default"
                    loading={audit.isFetchingNextPage}
                    onClick={() => void audit.fetchNextPage()}
                  >
                    {t('older')}
                  </Button>
                ) : (
                  <p className={styles['muted']}>{t('all', { count: records.length })}</p>
                )}
              </div>
            </>
          );
        }}
      </WhileLoading>
    </Page>
  );
}

function isFiltered({ action, actor, project }: AuditFilter): boolean {
  return action !== undefined || actor !== undefined || project !== undefined;
}

interface AuditFiltersProps {
  readonly organisation: string;
  readonly filter: AuditFilter;
}

function AuditFilters({ organisation, filter }: AuditFiltersProps): ReactNode {
  const t = useText(auditTexts);
  const narrow = useNarrow(organisation);
  const { data: members = [] } = useQuery(queries.members(organisation));
  const { data: projects = [] } = useQuery(queries.projects());
  const own = projects.filter((project) => project.organisation_id === organisation);
  return (
    <>
      <Select
        className={styles['filter'] ?? ''}
        size="xs"
        searchable
        clearable
        placeholder={t('anyAction')}
        aria-label={t('what')}
        data={AUDIT_ACTIONS}
        value={filter.action ?? null}
        onChange={(next) => narrow({ ...filter, action: next ?? undefined })}
      />
      <Select
        className={styles['filter'] ?? ''}
        size="xs"
        searchable
        clearable
        placeholder={t('anyActor')}
        aria-label={t('who')}
        data={members.map(({ account_id: value, email: label }) => ({ value, label }))}
        value={filter.actor ?? null}
        onChange={(next) => narrow({ ...filter, actor: next ?? undefined })}
      />
      <Select
        className={styles['filter'] ?? ''}
        size="xs"
        searchable
        clearable
        placeholder={t('anyProject')}
        aria-label={t('where')}
        data={own.map(({ ref, name }) => ({ value: ref, label: name }))}
        value={filter.project ?? null}
        onChange={(next) => narrow({ ...filter, project: next ?? undefined })}
      />
    </>
  );
}

function NothingFound({
  organisation,
  isFiltered: hasFilter,
}: {
  readonly organisation: string;
  readonly isFiltered: boolean;
}): ReactNode {
  const t = useText(auditTexts);
  const narrow = useNarrow(organisation);
  if (!hasFilter) return <Blank icon="history" title={t('empty')} />;
  return (
    <Blank
      icon="search"
      title={t('none')}
      action={
        <Button variant="default" onClick={() => narrow({})}>
          {t('clear')}
        </Button>
      }
    />
  );
}

/** The filter is in the address, so that it can be shown to somebody. */
function useNarrow(organisation: string): (filter: AuditFilter) => void {
  const navigate = useNavigate();
  return (filter) => {
    const search = Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined));
    void navigate({ to: '/organisations/$organisation/audit', params: { organisation }, search, replace: true });
  };
}
