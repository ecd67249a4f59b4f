import { Menu, UnstyledButton } from '@mantine/core';
import { Icon } from '@ashlar/ui';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { queries } from '../api/queries.ts';
import { useText } from '../texts/use-text.ts';
import { Mark } from './mark.tsx';
import type { ProjectInView } from './project-in-view.ts';
import { sectionTexts } from './sections.ts';
import { shellTexts } from './shell-texts.ts';
import styles from './project-switcher.module.css';

export interface ProjectSwitcherProps {
  readonly project: ProjectInView | null;
  readonly isNarrow: boolean;
}

export function ProjectSwitcher({ project, isNarrow }: ProjectSwitcherProps): ReactNode {
  const t = useText(shellTexts);
  const s = useText(sectionTexts);
  const { data: projects = [] } = useQuery(queries.projects());
  const label = project?.name ?? s('projects');
  return (
    <Menu width={260}>
      <Menu.Target>
        <UnstyledButton className={styles['switcher'] ?? ''} aria-label={`${t('switchProject')}: ${label}`}>
          <Mark />
          {!isNarrow && (
            <>
              <span className={styles['name']} dir="auto">
                {label}
              </span>
              <Icon name="selector" className={styles['caret'] ?? ''} />
            </>
          )}
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown className={styles['list'] ?? ''}>
        {projects.map(({ ref, name }) => (
          <Menu.Item
            key={ref}
            renderRoot={(item) => <Link {...item} to="/projects/$ref" params={{ ref }} />}
            leftSection={<Icon name="database" />}
            rightSection={ref === project?.ref ? <Icon name="check" /> : null}
          >
            <bdi>{name}</bdi>
          </Menu.Item>
        ))}
        {projects.length > 0 && <Menu.Divider />}
        <Menu.Item renderRoot={(item) => <Link {...item} to="/" />} leftSection={<Icon name="list" />}>
          {s('projects')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
