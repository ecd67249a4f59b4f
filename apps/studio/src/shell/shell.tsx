import { useDisclosure, useHotkeys, useLocalStorage } from '@mantine/hooks';
import { Drawer } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Outlet, useLocation, useNavigate, useParams } from '@tanstack/react-router';
import { type ReactNode, useEffect } from 'react';
import { queries } from '../api/queries.ts';
import { useText } from '../texts/use-text.ts';
import { Palette } from './palette.tsx';
import { ShortcutSheet } from './shortcut-sheet.tsx';
import { Sidebar } from './sidebar.tsx';
import { TopLine } from './top-line.tsx';
import { shellTexts } from './shell-texts.ts';
import styles from './shell.module.css';

/** Everything around a page: where one is, where one can go, and who one is. */
export function Shell(): ReactNode {
  const t = useText(shellTexts);
  const navigate = useNavigate();
  const { pathname } = useLocation();
  const { ref } = useParams({ strict: false });
  const { data: project } = useQuery({ ...queries.project(ref ?? ''), enabled: ref !== undefined });
  const [isNarrow, setNarrow] = useLocalStorage({
    key: 'ashlar.sidebar-narrow',
    defaultValue: false,
    getInitialValueInEffect: false,
  });
  const [isMenuOpen, menu] = useDisclosure(false);
  const [isPaletteOpen, palette] = useDisclosure(false);
  const [isSheetOpen, sheet] = useDisclosure(false);

  useHotkeys([
    ['shift+?', sheet.toggle],
    ['mod+shift+H', () => void navigate({ to: '/' })],
  ]);
  // Also while something is being typed.
  useHotkeys([['mod+K', palette.toggle]], [], true);
  useEffect(() => menu.close(), [pathname, menu]);

  const inProject = ref === undefined ? null : { ref, name: project?.name ?? ref, role: project?.role ?? null };
  return (
    <div className={styles['shell']} data-narrow={isNarrow || undefined}>
      <a className={styles['skip']} href="#content">
        {t('skip')}
      </a>
      <div className={styles['sidebar']}>
        <Sidebar project={inProject} isNarrow={isNarrow} onNarrow={() => setNarrow(!isNarrow)} />
      </div>
      <Drawer opened={isMenuOpen} onClose={menu.close} size={264} padding={0} withCloseButton={false} title={null}>
        <Sidebar project={inProject} isNarrow={false} onNarrow={null} />
      </Drawer>
      <div className={styles['body']}>
        <TopLine project={inProject} onMenu={menu.open} onSearch={palette.open} onShortcuts={sheet.open} />
        <main id="content" className={styles['content']} tabIndex={-1}>
          <Outlet />
        </main>
      </div>
      <Palette opened={isPaletteOpen} onClose={palette.close} project={inProject} onShortcuts={sheet.open} />
      <ShortcutSheet opened={isSheetOpen} onClose={sheet.close} />
    </div>
  );
}
