import { useQuery } from '@tanstack/react-query';
import { Link, useLocation, useParams } from '@tanstack/react-router';
import { Icon } from '@ashlar/ui';
import { Fragment, type ReactNode } from 'react';
import { queries } from '../api/queries.ts';
import { useText } from '../texts/use-text.ts';
import type { ProjectInView } from './project-in-view.ts';
import { projectSections, sectionTexts } from './sections.ts';
import { shellTexts } from './shell-texts.ts';
import styles from './breadcrumb.module.css';

/** Where the page is: what it belongs to, and its own name. */
export function Breadcrumb({ project }: { readonly project: ProjectInView | null }): ReactNode {
  const t = useText(shellTexts);
  const s = useText(sectionTexts);
  const { pathname } = useLocation();
  const { organisation, table } = useParams({ strict: false });
  const { data: account } = useQuery(queries.account());
  const crumbs: ReactNode[] = [];
  if (project !== null) {
    const at = pathname.replace(/\/$/, '');
    const section = projectSections.findLast(({ to }) => {
      const path = to.replace('$ref', project.ref);
      return at === path || (to !== '/projects/$ref' && at.startsWith(`${path}/`));
    });
    crumbs.push(
      <Link
        key="project"
        to="/projects/$ref"
        params={{ ref: project.ref }}
        className={styles['crumb'] ?? ''}
        dir="auto"
      >
        {project.name}
      </Link>,
    );
    if (at.endsWith('/import')) {
      crumbs.push(
        <Link key="section" to="/projects/$ref/tables" params={{ ref: project.ref }} className={styles['crumb'] ?? ''}>
          {s('tables')}
        </Link>,
        <span key="page">{s('import')}</span>,
      );
    }
    if (section !== undefined && table === undefined) crumbs.push(<span key="section">{s(section.key)}</span>);
    if (section !== undefined && table !== undefined) {
      crumbs.push(
        <Link key="section" to={section.to} params={{ ref: project.ref }} className={styles['crumb'] ?? ''}>
          {s(section.key)}
        </Link>,
        <bdi key="table">{table}</bdi>,
      );
    }
  } else if (organisation === undefined) {
    crumbs.push(<span key="projects">{s('projects')}</span>);
  } else {
    const name = account?.organisations.find(({ id }) => id === organisation)?.name ?? '';
    crumbs.push(
      <bdi key="organisation">{name}</bdi>,
      <span key="page">{s(pathname.endsWith('/audit') ? 'audit' : 'members')}</span>,
    );
  }
  return (
    <nav className={styles['breadcrumb']} aria-label={t('path')}>
      {crumbs.map((crumb, index) => (
        <Fragment key={index}>
          {index > 0 && <Icon name="chevron-right" size={14} className={styles['between'] ?? ''} />}
          {crumb}
        </Fragment>
      ))}
    </nav>
  );
}
