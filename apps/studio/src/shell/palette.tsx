import { Combobox, Modal, TextInput, useCombobox, useMantineColorScheme } from '@mantine/core';
import { Icon, type IconName } from '@ashlar/ui';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { isAtLeast } from '../api/control.ts';
import { queries } from '../api/queries.ts';
import { useLanguage } from '../texts/language.tsx';
import { useText } from '../texts/use-text.ts';
import { useSignOut } from './account-menu.tsx';
import type { ProjectInView } from './project-in-view.ts';
import { projectSections, sectionTexts } from './sections.ts';
import { shellTexts } from './shell-texts.ts';
import styles from './palette.module.css';

export interface PaletteProps {
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly project: ProjectInView | null;
  readonly onShortcuts: () => void;
}

interface Entry {
  readonly id: string;
  readonly icon: IconName;
  readonly label: string;
  /** What it belongs to. */
  readonly of?: string;
  readonly run: () => void;
}

/** Every page and action by name, without leaving the keyboard. */
export function Palette(props: PaletteProps): ReactNode {
  const { opened, onClose } = props;
  const t = useText(shellTexts);
  return (
    <Modal.Root opened={opened} onClose={onClose} padding={0} size="lg" yOffset="12vh" centered={false}>
      <Modal.Overlay />
      <Modal.Content aria-label={t('commands')}>
        <PaletteList {...props} />
      </Modal.Content>
    </Modal.Root>
  );
}

function PaletteList({ onClose, project, onShortcuts }: PaletteProps): ReactNode {
  const t = useText(shellTexts);
  const [query, setQuery] = useState('');
  const combobox = useCombobox({ opened: true });
  const entries = useEntries(project, onShortcuts).filter(({ label, of }) => isNamed(`${label} ${of ?? ''}`, query));
  return (
    <Combobox
      store={combobox}
      onOptionSubmit={(id) => {
        onClose();
        entries.find((entry) => entry.id === id)?.run();
      }}
    >
      <Combobox.EventsTarget>
        <TextInput
          data-autofocus
          variant="unstyled"
          size="md"
          className={styles['input'] ?? ''}
          leftSection={<Icon name="search" />}
          placeholder={t('findAnything')}
          aria-label={t('findAnything')}
          value={query}
          onChange={({ currentTarget: { value } }) => {
            setQuery(value);
            requestAnimationFrame(() => combobox.selectFirstOption());
          }}
        />
      </Combobox.EventsTarget>
      <Combobox.Options className={styles['options'] ?? ''} aria-label={t('commands')} tabIndex={0}>
        {entries.map(({ id, icon, label, of }) => (
          <Combobox.Option key={id} value={id} className={styles['option'] ?? ''}>
            <Icon name={icon} />
            <span className={styles['label']}>
              <bdi>{label}</bdi>
            </span>
            {of !== undefined && <bdi className={styles['of']}>{of}</bdi>}
          </Combobox.Option>
        ))}
        {entries.length === 0 && <Combobox.Empty>{t('gone')}</Combobox.Empty>}
      </Combobox.Options>
    </Combobox>
  );
}

function useEntries(project: ProjectInView | null, onShortcuts: () => void): readonly Entry[] {
  const t = useText(shellTexts);
  const s = useText(sectionTexts);
  const navigate = useNavigate();
  const { data: projects = [] } = useQuery(queries.projects());
  const { data: account } = useQuery(queries.account());
  const { setColorScheme } = useMantineColorScheme();
  const { language, choose } = useLanguage();
  const leave = useSignOut();
  const sections = project === null ? [] : projectSections;
  return [
    ...sections
      .filter(({ least }) => project?.role != null && isAtLeast(project.role, least))
      .map(({ key, icon, to }) => ({
        id: `section:${key}`,
        icon,
        label: s(key),
        of: project?.name ?? '',
        run: () => void navigate({ to, params: { ref: project?.ref ?? '' } }),
      })),
    ...(project?.role != null && isAtLeast(project.role, 'developer')
      ? [
          {
            id: 'import',
            icon: 'file-import' as const,
            label: s('import'),
            of: project.name,
            run: () => void navigate({ to: '/projects/$ref/import', params: { ref: project.ref } }),
          },
        ]
      : []),
    { id: 'projects', icon: 'list', label: s('projects'), run: () => void navigate({ to: '/' }) },
    ...projects.map(({ ref, name }) => ({
      id: `project:${ref}`,
      icon: 'database' as const,
      label: name,
      of: t('project'),
      run: () => void navigate({ to: '/projects/$ref', params: { ref } }),
    })),
    ...(account?.organisations ?? []).map(({ id, name }) => ({
      id: `members:${id}`,
      icon: 'users' as const,
      label: s('members'),
      of: name,
      run: () => void navigate({ to: '/organisations/$organisation/members', params: { organisation: id } }),
    })),
    ...(account?.organisations ?? [])
      .filter(({ role }) => isAtLeast(role, 'admin'))
      .map(({ id, name }) => ({
        id: `audit:${id}`,
        icon: 'history' as const,
        label: s('audit'),
        of: name,
        run: () => void navigate({ to: '/organisations/$organisation/audit', params: { organisation: id } }),
      })),
    ...(account?.organisations.some(({ role }) => isAtLeast(role, 'admin')) === true
      ? [
          {
            id: 'new-project',
            icon: 'database-plus' as const,
            label: t('newProject'),
            run: () => void navigate({ to: '/', search: { new: true } }),
          },
        ]
      : []),
    { id: 'light', icon: 'sun', label: t('light'), of: t('theme'), run: () => setColorScheme('light') },
    { id: 'dark', icon: 'moon', label: t('dark'), of: t('theme'), run: () => setColorScheme('dark') },
    {
      id: 'language',
      icon: 'language',
      label: language === 'ar' ? t('english') : t('arabic'),
      of: t('language'),
      run: () => choose(language === 'ar' ? 'en' : 'ar'),
    },
    { id: 'shortcuts', icon: 'keyboard', label: t('shortcuts'), run: onShortcuts },
    { id: 'sign-out', icon: 'logout', label: t('signOut'), run: leave },
  ];
}

/** Every word typed begins a word of the name. */
function isNamed(name: string, query: string): boolean {
  const words = name.toLocaleLowerCase().split(/[\s·/-]+/);
  return query
    .toLocaleLowerCase()
    .split(/\s+/)
    .every((part) => words.some((word) => word.startsWith(part)));
}
