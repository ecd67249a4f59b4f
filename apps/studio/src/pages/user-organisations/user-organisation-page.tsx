import { Badge, Button } from '@mantine/core';
import { Icon } from '@ashlar/ui';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { isAtLeast } from '../../api/control.ts';
import { projectOrganisations, type ProjectOrganisation } from '../../api/project-organisations.ts';
import { queries } from '../../api/queries.ts';
import { useFailureToast } from '../../app/describe-failure.ts';
import { Page } from '../../parts/page.tsx';
import { useProject } from '../../parts/use-project.ts';
import { WhileLoading } from '../../parts/while-loading.tsx';
import { useLanguage } from '../../texts/language.tsx';
import { useText } from '../../texts/use-text.ts';
import userStyles from '../users/user-page.module.css';
import { nameIn } from './name-in.ts';
import { OrganisationMembers } from './organisation-members.tsx';
import { OrganisationRoles } from './organisation-roles.tsx';
import { userOrganisationsTexts } from './user-organisations-texts.ts';

/** One organisation of users: who belongs to it, and what its roles permit. */
export function UserOrganisationPage(): ReactNode {
  const t = useText(userOrganisationsTexts);
  const { language } = useLanguage();
  const { ref, role } = useProject();
  const { userOrganisation: id = '' } = useParams({ strict: false });
  const client = useQueryClient();
  const tellFailure = useFailureToast();
  const organisation = useQuery(queries.projectOrganisation(ref, id));
  const turn = useMutation({
    mutationFn: (found: ProjectOrganisation) =>
      projectOrganisations.setStatus(ref, found, found.status === 'active' ? 'suspended' : 'active'),
    onError: tellFailure,
    onSettled: () => client.invalidateQueries(queries.projectOrganisations(ref)),
  });
  const found = organisation.data;
  return (
    <Page
      title={found === undefined ? t('title') : nameIn(found.name, language)}
      toolbar={
        <>
          <Link to="/projects/$ref/users/organisations" params={{ ref }} className={userStyles['back'] ?? ''}>
            <Icon name="arrow-left" />
            {t('back')}
          </Link>
          {found !== undefined && isAtLeast(role, 'admin') && (
            <Button data-end variant="default" loading={turn.isPending} onClick={() => turn.mutate(found)}>
              {t(found.status === 'active' ? 'suspend' : 'activate')}
            </Button>
          )}
        </>
      }
    >
      <WhileLoading query={organisation}>
        {({ name, slug, status }) => (
          <>
            <header style={{ padding: 'var(--a-space-6) var(--a-space-4) 0' }}>
              <h2 className={userStyles['name']}>
                <bdi>{nameIn(name, language)}</bdi>
                <Badge color={status === 'active' ? 'green' : 'gray'}>{t(status)}</Badge>
              </h2>
              <bdi className={userStyles['muted']}>{slug}</bdi>
            </header>
            <OrganisationMembers id={id} />
            <OrganisationRoles id={id} />
          </>
        )}
      </WhileLoading>
    </Page>
  );
}
