import { ActionIcon, Menu, Tooltip } from '@mantine/core';
import { Icon } from '@ashlar/ui';
import { type ReactNode, useState } from 'react';
import { useText } from '../../texts/use-text.ts';
import type { WantedChange } from './change/change-dialogs.tsx';
import type { TableShape } from './rows/table-shape.ts';
import { tablesTexts } from './tables-texts.ts';
import { viewsTexts } from './views/views-texts.ts';

export interface TableMenuProps {
  readonly shape: TableShape;
  /** Whether changes of others appear by themselves. */
  readonly isLive: boolean;
  readonly onChange: (change: WantedChange) => void;
}

/** What can be done with the table itself. */
export function TableMenu({ shape, isLive, onChange }: TableMenuProps): ReactNode {
  const v = useText(viewsTexts);
  const t = useText(tablesTexts);
  const [isOpen, setOpen] = useState(false);
  const isTable = shape.info.kind === 'table' || shape.info.kind === 'partitioned table';
  return (
    <Menu opened={isOpen} onChange={setOpen} position="bottom-end">
      <Menu.Target>
        <Tooltip label={t('tableActions')} disabled={isOpen}>
          <ActionIcon aria-label={t('tableActions')}>
            <Icon name="dots" />
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown>
        {isTable && (
          <>
            <Menu.Item leftSection={<Icon name="plus" />} onClick={() => onChange({ kind: 'add-column' })}>
              {t('addColumn')}
            </Menu.Item>
            <Menu.Item
              leftSection={<Icon name={shape.info.rowSecurity ? 'shield-lock' : 'shield-check'} />}
              onClick={() => onChange({ kind: 'row-security' })}
            >
              {t(shape.info.rowSecurity ? 'rlsOff' : 'rlsOn')}
            </Menu.Item>
            <Menu.Item
              leftSection={<Icon name="bolt" />}
              onClick={() => onChange({ kind: isLive ? 'live-off' : 'live-on' })}
            >
              {v(isLive ? 'liveOff' : 'liveOn')}
            </Menu.Item>
            {shape.key.length === 0 && (
              <Menu.Item leftSection={<Icon name="key" />} onClick={() => onChange({ kind: 'add-key' })}>
                {v('addKey')}
              </Menu.Item>
            )}
          </>
        )}
        <Menu.Item leftSection={<Icon name="pencil" />} onClick={() => onChange({ kind: 'rename-table' })}>
          {t('renameTable')}
        </Menu.Item>
        <Menu.Item leftSection={<Icon name="trash" />} color="red" onClick={() => onChange({ kind: 'drop-table' })}>
          {t('dropTable')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
