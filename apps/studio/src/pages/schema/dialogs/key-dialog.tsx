import { Checkbox, Select } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import type { Operation } from '../../../api/structure.ts';
import type { TableInfo } from '../../../api/structure-types.ts';
import { useText } from '../../../texts/use-text.ts';
import { ChangeForm } from '../../tables/change/change-form.tsx';
import { schemaTexts } from '../schema-texts.ts';
import { Beside, ColumnsField, isFree, type MakeProps, NameField, SqlField, TableField } from './fields.tsx';

const KINDS = ['foreignKey', 'primaryKey', 'uniqueKey', 'check'] as const;
const ACTIONS = ['no action', 'restrict', 'cascade', 'set null', 'set default'] as const;

interface KeyDraft {
  readonly kind: (typeof KINDS)[number];
  readonly table: TableInfo | null;
  readonly columns: readonly string[];
  readonly name: string;
  readonly target: TableInfo | null;
  readonly targetColumns: readonly string[];
  readonly onDelete: (typeof ACTIONS)[number];
  readonly isLater: boolean;
  readonly expression: string;
}

/** Primary and foreign keys, unique and check constraints. */
export function KeyDialog({ structure, table, onClose }: MakeProps): ReactNode {
  const t = useText(schemaTexts);
  const [draft, setDraft] = useState<KeyDraft>({
    kind: 'foreignKey',
    table,
    columns: [],
    name: '',
    target: null,
    targetColumns: [],
    onDelete: 'no action',
    isLater: false,
    expression: '',
  });
  const set = (change: Partial<KeyDraft>): void => setDraft({ ...draft, ...change });
  const taken = structure.constraints
    .filter((one) => one.schema === draft.table?.schema && one.table === draft.table?.name)
    .map(({ name }) => name);
  const keyOf = (target: TableInfo | null): readonly string[] =>
    structure.constraints.find(
      ({ kind, schema, table: name }) => kind === 'primary key' && schema === target?.schema && name === target?.name,
    )?.columns ?? [];
  const isNamed = draft.name.trim() === '' ? draft.kind !== 'check' : isFree(draft.name, taken);
  const operation = isNamed ? operationOf(draft) : null;
  return (
    <ChangeForm
      title={t('newKey')}
      verb={t('create')}
      missing={t('incomplete')}
      operations={operation === null ? [] : [operation]}
      onClose={onClose}
      onDone={onClose}
    >
      <Beside>
        <TableField structure={structure} value={draft.table} onChange={(next) => set({ table: next, columns: [] })} />
        <Select
          label={t('kind')}
          allowDeselect={false}
          data={KINDS.map((value) => ({ value, label: t(value) }))}
          value={draft.kind}
          onChange={(next) => set({ kind: KINDS.find((one) => one === next) ?? draft.kind })}
        />
      </Beside>
      {draft.kind === 'check' ? (
        <SqlField
          label={t('expression')}
          hint={t('expressionHint')}
          value={draft.expression}
          onChange={(expression) => set({ expression })}
        />
      ) : (
        <ColumnsField table={draft.table} value={draft.columns} onChange={(columns) => set({ columns })} />
      )}
      {draft.kind === 'foreignKey' && (
        <>
          <Beside>
            <TableField
              structure={structure}
              label={t('pointsTo')}
              value={draft.target}
              onChange={(target) => set({ target, targetColumns: keyOf(target) })}
            />
            <ColumnsField
              table={draft.target}
              value={draft.targetColumns}
              onChange={(targetColumns) => set({ targetColumns })}
            />
          </Beside>
          <Select
            label={t('onDelete')}
            allowDeselect={false}
            data={ACTIONS.map((value) => ({ value, label: t(value) }))}
            value={draft.onDelete}
            onChange={(next) => set({ onDelete: ACTIONS.find((one) => one === next) ?? draft.onDelete })}
          />
        </>
      )}
      <NameField value={draft.name} taken={taken} onChange={(name) => set({ name })} />
      {(draft.kind === 'foreignKey' || draft.kind === 'check') && (
        <Checkbox
          label={t('laterCheck')}
          description={t('laterCheckHint')}
          checked={draft.isLater}
          onChange={({ currentTarget: { checked } }) => set({ isLater: checked })}
        />
      )}
    </ChangeForm>
  );
}

/** @returns Null while something is missing. */
function operationOf(draft: KeyDraft): Operation | null {
  const { table, columns, target, targetColumns, onDelete, isLater } = draft;
  if (table === null) return null;
  const name = draft.name.trim();
  const place = { schema: table.schema, table: table.name, ...(name === '' ? {} : { name }) };
  const expression = draft.expression.trim();
  switch (draft.kind) {
    case 'primaryKey':
    case 'uniqueKey':
      if (columns.length === 0) return null;
      return {
        operation: draft.kind === 'primaryKey' ? 'add-primary-key' : 'add-unique',
        input: { ...place, columns },
      };
    case 'check':
      if (expression === '') return null;
      return { operation: 'add-check', input: { ...place, expression, validate: !isLater } };
    case 'foreignKey': {
      if (target === null || columns.length === 0 || columns.length !== targetColumns.length) return null;
      const references = { schema: target.schema, table: target.name, columns: targetColumns };
      return { operation: 'add-foreign-key', input: { ...place, columns, references, onDelete, validate: !isLater } };
    }
  }
}
