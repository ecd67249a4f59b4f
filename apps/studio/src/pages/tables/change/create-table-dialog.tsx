import { ActionIcon, Button, Checkbox, Group, Modal, Select, Stack, Text, TextInput } from '@mantine/core';
import { useDebouncedValue, useMediaQuery } from '@mantine/hooks';
import { Icon } from '@ashlar/ui';
import { useNavigate } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import type { Operation } from '../../../api/structure.ts';
import type { Structure } from '../../../api/structure-types.ts';
import { FormError } from '../../../parts/form-error.tsx';
import { useProject } from '../../../parts/use-project.ts';
import { commonTexts } from '../../../texts/common.ts';
import { useText } from '../../../texts/use-text.ts';
import { tablesTexts } from '../tables-texts.ts';
import { ownSchemas } from '../use-structure.ts';
import { useApplyChange } from './apply-change.ts';
import { ChangePreview, usePreviews } from './change-preview.tsx';
import {
  type ColumnDraft,
  columnInput,
  firstColumns,
  foreignKeyOf,
  isName,
  newColumn,
  targetsOf,
} from './column-draft.ts';
import { ColumnFields, typesOf } from './column-fields.tsx';
import styles from './change.module.css';

const PREVIEW_AFTER_MS = 350;

export interface CreateTableDialogProps {
  readonly structure: Structure;
  readonly onClose: () => void;
}

/** A new table; it opens when it is there. */
export function CreateTableDialog({ structure, onClose }: CreateTableDialogProps): ReactNode {
  const t = useText(tablesTexts);
  const c = useText(commonTexts);
  const { ref } = useProject();
  const navigate = useNavigate();
  const schemas = ownSchemas(structure);
  const [schema, setSchema] = useState('public');
  const [name, setName] = useState('');
  const [columns, setColumns] = useState<readonly ColumnDraft[]>(firstColumns);
  const [rowSecurity, setRowSecurity] = useState(true);
  const [isTried, setTried] = useState(false);
  const [isShown, setShown] = useState(false);
  const targets = targetsOf(structure, schemas);
  // On a phone there is no room for headings above the fields.
  const isNarrow = useMediaQuery('(width < 768px)') ?? false;
  const table = name.trim();
  const isTaken = structure.tables.some((one) => one.schema === schema && one.name === table);
  const nameFault = isTaken ? t('nameTaken') : isTried && !isName(table) ? t('nameWrong') : null;
  const faultOf = (column: ColumnDraft): string | null => {
    const isTwice = columns.some((one) => one.id !== column.id && one.name.trim() === column.name.trim());
    if (isTwice && column.name.trim() !== '') return t('nameTaken');
    return isTried && !isName(column.name) ? t('nameWrong') : null;
  };
  const isGood =
    isName(table) && !isTaken && columns.every((column) => isName(column.name) && faultOf(column) === null);
  const key = columns.filter(({ isKey }) => isKey).map((column) => column.name.trim());
  const create: Operation = {
    operation: 'create-table',
    input: {
      schema,
      table,
      columns: columns.map(columnInput),
      rowSecurity,
      ...(key.length === 0 ? {} : { primaryKey: key }),
    },
  };
  const foreignKeys = columns.flatMap((column) => foreignKeyOf({ schema, table }, column, targets) ?? []);
  const apply = useApplyChange(() =>
    navigate({ to: '/projects/$ref/tables/$schema/$table', params: { ref, schema, table } }),
  );
  return (
    <Modal opened size={980} onClose={onClose} title={t('createTable')} closeButtonProps={{ 'aria-label': c('close') }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          setTried(true);
          if (isGood) apply.mutate([create, ...foreignKeys]);
        }}
      >
        <Stack gap="md">
          <FormError error={apply.error} />
          <div className={styles['name']}>
            <TextInput
              label={t('tableName')}
              description={t('tableNameHint')}
              dir="ltr"
              data-autofocus
              autoComplete="off"
              error={nameFault}
              value={name}
              onChange={({ currentTarget: { value } }) => setName(value)}
            />
            {schemas.length > 1 && (
              <Select
                label={t('schema')}
                dir="ltr"
                data={[...schemas]}
                value={schema}
                onChange={(next) => setSchema(next ?? 'public')}
              />
            )}
          </div>
          <div className={styles['columns']} role="group" aria-label={t('columns')}>
            <div className={styles['heads']} aria-hidden>
              <span>{t('columnName')}</span>
              <span>{t('type')}</span>
              <span>{t('default')}</span>
              <span>{t('pointsTo')}</span>
              <span>{t('primaryKey')}</span>
              <span>{t('unique')}</span>
              <span>{t('nullable')}</span>
            </div>
            {columns.map((column) => (
              <div key={column.id} className={styles['column']} role="group" aria-label={column.name}>
                <ColumnFields
                  column={column}
                  types={typesOf(structure)}
                  targets={targets}
                  fault={faultOf(column)}
                  isLabelled={isNarrow}
                  onChange={(next) => setColumns(columns.map((one) => (one.id === next.id ? next : one)))}
                />
                <ActionIcon
                  aria-label={`${t('removeColumn')}: ${column.name}`}
                  onClick={() => setColumns(columns.filter(({ id }) => id !== column.id))}
                >
                  <Icon name="x" />
                </ActionIcon>
              </div>
            ))}
          </div>
          <Group gap="xs">
            <Button
              variant="default"
              leftSection={<Icon name="plus" />}
              onClick={() => setColumns([...columns, newColumn()])}
            >
              {t('addColumn')}
            </Button>
          </Group>
          {key.length === 0 && (
            <Text size="sm" c="dimmed" role="note">
              {t('keyNeeded')}
            </Text>
          )}
          <Checkbox
            label={t('rls')}
            description={rowSecurity ? t('rlsHint') : t('rlsIsOff')}
            checked={rowSecurity}
            onChange={({ currentTarget: { checked } }) => setRowSecurity(checked)}
          />
          {isShown && isGood && <CreatePreview create={create} foreignKeys={foreignKeys} />}
          <Group justify="flex-end" gap="xs">
            <Button
              variant="subtle"
              me="auto"
              aria-expanded={isShown}
              leftSection={<Icon name="sql" />}
              onClick={() => {
                setTried(true);
                setShown(!isShown);
              }}
            >
              {t('showSql')}
            </Button>
            <Button variant="default" onClick={onClose}>
              {c('cancel')}
            </Button>
            <Button type="submit" loading={apply.isPending}>
              {t('createTable')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

interface CreatePreviewProps {
  readonly create: Operation;
  readonly foreignKeys: readonly Operation[];
}

/** A foreign key can be looked at only when its table is there; it is told in words. */
function CreatePreview({ create, foreignKeys }: CreatePreviewProps): ReactNode {
  const t = useText(tablesTexts);
  const [settled] = useDebouncedValue(JSON.stringify(create), PREVIEW_AFTER_MS);
  const operation: Operation = JSON.parse(settled);
  const state = usePreviews([operation]);
  return (
    <Stack gap="xs">
      <ChangePreview state={state} />
      {foreignKeys.map(({ input }) => {
        const { columns, references } = input as { columns: string[]; references: { table: string } };
        return (
          <Text key={columns[0]} size="sm" c="dimmed">
            {t('thenKey', { column: columns[0] ?? '', table: references.table })}
          </Text>
        );
      })}
    </Stack>
  );
}
