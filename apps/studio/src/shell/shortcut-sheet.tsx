import { Kbd, Modal, Table } from '@mantine/core';
import type { ReactNode } from 'react';
import { useText } from '../texts/use-text.ts';
import { modifierKey } from './modifier-key.ts';
import { shellTexts } from './shell-texts.ts';

const SHORTCUTS = [
  [[modifierKey, 'K'], 'shortcutPalette'],
  [[modifierKey, 'Shift', 'H'], 'shortcutHome'],
  [[modifierKey, 'Enter'], 'shortcutRun'],
  [['?'], 'shortcutSheet'],
  [['Esc'], 'shortcutClose'],
] as const;

export interface ShortcutSheetProps {
  readonly opened: boolean;
  readonly onClose: () => void;
}

export function ShortcutSheet({ opened, onClose }: ShortcutSheetProps): ReactNode {
  const t = useText(shellTexts);
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t('shortcuts')}
      closeButtonProps={{ 'aria-label': t('shortcutClose') }}
    >
      <Table withRowBorders={false}>
        <Table.Tbody>
          {SHORTCUTS.map(([keys, does]) => (
            <Table.Tr key={does}>
              <Table.Td>{t(does)}</Table.Td>
              <Table.Td dir="ltr" style={{ textAlign: 'end', whiteSpace: 'nowrap' }}>
                {keys.map((key) => (
                  <Kbd key={key} size="xs" ms={4}>
                    {key}
                  </Kbd>
                ))}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Modal>
  );
}
