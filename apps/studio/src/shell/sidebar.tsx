import { ActionIcon, Tooltip } from '@mantine/core';
import { Icon, type IconName } from '@ashlar/ui';
import { useQuery } from '@tanstack/react-query';
import { Link, type LinkProps } from '@tanstack/react-router';
import { Fragment, type ReactNode } from 'react';
import { isAtLeast } from '../api/control.ts';
import { queries } from '../api/queries.ts';
import { useText } from '../texts/use-text.ts';
import { ProjectSwitcher } from './project-switcher.tsx';
import type { ProjectInView } from './project-in-view.ts';
import { projectSections, sectionTexts } from './sections.ts';
import { shellTexts } from './shell-texts.ts';
import styles from './sidebar.module.css';

export interface SidebarProps {
  readonly project: ProjectInView | null;
  /** Icons alone. */
  readonly isNarrow: boolean;
  /** Null where it cannot be folded. */
  readonly onNarrow: (() => void) | null;
}

export function Sidebar({ project, isNarrow, onNarrow }: SidebarProps): ReactNode {
  const t = useText(shellTexts);
  const s = useText(sectionTexts);
  const { data: account } = useQuery(queries.account());
  const organisations = account?.organisations ?? [];
  return (
    <nav className={styles['sidebar']} data-narrow={isNarrow || undefined} aria-label={t('main')}>
      <ProjectSwitcher project={project} isNarrow={isNarrow} />
      <div className={styles['sections']}>
        {project === null ? (
          <>
            <SidebarLink icon="database" label={s('projects')} isNarrow={isNarrow} link={{ to: '/' }} />
            {organisations.map(({ id, name, role }) => {
              const labelOf = (label: string): string => (organisations.length === 1 ? label : `${name} · ${label}`);
              return (
                <Fragment key={id}>
                  <SidebarLink
                    icon="users"
                    label={labelOf(s('members'))}
                    isNarrow={isNarrow}
                    link={{ to: '/organisations/$organisation/members', params: { organisation: id } }}
                  />
                  {isAtLeast(role, 'admin') && (
                    <SidebarLink
                      icon="history"
                      label={labelOf(s('audit'))}
                      isNarrow={isNarrow}
                      link={{ to: '/organisations/$organisation/audit', params: { organisation: id } }}
                    />
                  )}
                </Fragment>
              );
            })}
          </>
        ) : (
          projectSections
            .filter(({ least }) => project.role !== null && isAtLeast(project.role, least))
            .map(({ key, icon, to }) => (
              <SidebarLink
                key={key}
                icon={icon}
                label={s(key)}
                isNarrow={isNarrow}
                link={{ to, params: { ref: project.ref } }}
              />
            ))
        )}
      </div>
      {onNarrow !== null && (
        <div className={styles['foot']}>
          <Tooltip label={isNarrow ? t('expand') : t('collapse')} position="right">
            <ActionIcon aria-label={isNarrow ? t('expand') : t('collapse')} onClick={onNarrow}>
              <Icon name="layout-sidebar" />
            </ActionIcon>
          </Tooltip>
        </div>
      )}
    </nav>
  );
}

/** Addresses of all other pages of a project are below its home. */
function isHome({ to }: LinkProps): boolean {
  return to === '/' || to === '/projects/$ref';
}

interface SidebarLinkProps {
  readonly icon: IconName;
  readonly label: string;
  readonly isNarrow: boolean;
  readonly link: LinkProps;
}

function SidebarLink({ icon, label, isNarrow, link }: SidebarLinkProps): ReactNode {
  return (
    <Tooltip label={label} position="right" disabled={!isNarrow}>
      <Link
        {...link}
        activeOptions={{ exact: isHome(link), includeSearch: false }}
        className={styles['link'] ?? ''}
        activeProps={{ 'data-active': true, 'aria-current': 'page' }}
        {...(isNarrow ? { 'aria-label': label } : {})}
      >
        <Icon name={icon} />
        {!isNarrow && <span className={styles['label']}>{label}</span>}
      </Link>
    </Tooltip>
  );
}
