import { ActionIcon, Button, Menu, Tooltip } from '@mantine/core';
import { Icon, showToast } from '@ashlar/ui';
import { useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { type ExportFormat, saveAsFile } from '../../api/sheets.ts';
import { useFailureToast } from '../../app/describe-failure.ts';
import { useProject } from '../../parts/use-project.ts';
import { useLanguage } from '../../texts/language.tsx';
import { useText } from '../../texts/use-text.ts';
import { exportSql, type RowView } from './rows/row-query.ts';
import type { TableShape } from './rows/table-shape.ts';
import { viewsTexts } from './views/views-texts.ts';

const FORMATS: readonly ExportFormat[] = ['csv', 'xlsx', 'json'];

export interface ExportMenuProps {
  readonly shape: TableShape;
  readonly view: RowView;
  readonly hidden: readonly string[];
}

/** Saves what the view shows, all of it, while people go on. */
export function ExportMenu({ shape, view, hidden }: ExportMenuProps): ReactNode {
  const t = useText(viewsTexts);
  const { ref } = useProject();
  const { language } = useLanguage();
  const fail = useFailureToast();
  const save = useMutation({
    mutationFn: (format: ExportFormat) =>
      saveAsFile(ref, { sql: exportSql(shape, view, hidden), format, name: shape.name, rtl: language === 'ar' }),
    onSuccess: () => showToast({ text: t('exportBegun') }),
    onError: fail,
  });
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Tooltip label={t('export')}>
          <ActionIcon aria-label={t('export')}>
            <Icon name="download" />
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t('exportAs')}</Menu.Label>
        {FORMATS.map((format) => (
          <Menu.Item key={format} onClick={() => save.mutate(format)}>
            {t(format)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

export interface GroupMenuProps {
  readonly shape: TableShape;
  readonly group: string | null;
  readonly onGroup: (group: string | null) => void;
}

/** Which column puts the rows together. */
export function GroupMenu({ shape, group, onGroup }: GroupMenuProps): ReactNode {
  const t = useText(viewsTexts);
  const columns = shape.columns.filter(({ fieldType }) => fieldType.operators.includes('eq') && fieldType.isSortable);
  return (
    <Menu position="bottom-start">
      <Menu.Target>
        <Button variant={group === null ? 'default' : 'light'} leftSection={<Icon name="stack-2" />}>
          {group === null ? t('group') : t('groupedBy', { name: group })}
        </Button>
      </Menu.Target>
      <Menu.Dropdown mah={360} style={{ overflowY: 'auto' }}>
        {group !== null && (
          <Menu.Item leftSection={<Icon name="x" />} onClick={() => onGroup(null)}>
            {t('noGroup')}
          </Menu.Item>
        )}
        {columns.map(({ name }) => (
          <Menu.Item
            key={name}
            rightSection={name === group ? <Icon name="check" /> : null}
            onClick={() => onGroup(name)}
          >
            <bdi>{name}</bdi>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
