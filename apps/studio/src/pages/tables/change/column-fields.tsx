import { Autocomplete, Checkbox, Select, TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Structure } from '../../../api/structure-types.ts';
import { useText } from '../../../texts/use-text.ts';
import { tablesTexts } from '../tables-texts.ts';
import { ownSchemas } from '../use-structure.ts';
import type { ColumnDraft, Target } from './column-draft.ts';

const TYPES = [
  'text',
  'bigint',
  'integer',
  'numeric',
  'numeric(12,2)',
  'double precision',
  'boolean',
  'timestamptz',
  'date',
  'time',
  'interval',
  'uuid',
  'jsonb',
  'text[]',
  'bytea',
  'inet',
  'daterange',
  'tstzrange',
  'point',
];
const NUMBERED = /^(smallint|integer|bigint|int[248]?)$/i;

/** Types to choose from: the common ones, and the enums of the project. */
export function typesOf(structure: Structure): readonly string[] {
  const schemas = ownSchemas(structure);
  const enums = structure.types
    .filter(({ kind, schema }) => kind === 'enum' && schemas.includes(schema))
    .map(({ schema, name }) => (schema === 'public' ? name : `${schema}.${name}`))
    .map((name) => (/^[a-z_][a-z0-9_.]*$/.test(name) ? name : `"${name}"`));
  return [...enums, ...TYPES];
}

export interface ColumnFieldsProps {
  readonly column: ColumnDraft;
  readonly onChange: (column: ColumnDraft) => void;
  readonly types: readonly string[];
  readonly targets: readonly Target[];
  /** What is wrong with the name, if anything. */
  readonly fault: string | null;
  /** Whether labels stand above each field; otherwise a heading above all of them does. */
  readonly isLabelled?: boolean;
  /** A column that is there already has keys of its own to change. */
  readonly isThere?: boolean;
  readonly mayBeKey?: boolean;
}

/** The fields that describe a column, to be laid out by whoever shows them. */
export function ColumnFields(props: ColumnFieldsProps): ReactNode {
  const { column, onChange, types, targets, fault, isLabelled = false, isThere = false, mayBeKey = true } = props;
  const t = useText(tablesTexts);
  const set = (change: Partial<ColumnDraft>): void => onChange({ ...column, ...change });
  const named = (label: string): { label?: string; 'aria-label'?: string } =>
    isLabelled ? { label } : { 'aria-label': label };
  const mayCount = NUMBERED.test(column.type.trim());
  return (
    <>
      <TextInput
        {...named(t('columnName'))}
        dir="ltr"
        autoComplete="off"
        error={fault}
        value={column.name}
        onChange={({ currentTarget: { value: name } }) => set({ name })}
      />
      <Autocomplete
        {...named(t('type'))}
        dir="ltr"
        data={[...types]}
        disabled={column.target !== null && !isThere}
        value={column.type}
        onChange={(type) => set({ type, isNumbered: column.isNumbered && NUMBERED.test(type.trim()) })}
      />
      <TextInput
        {...named(t('default'))}
        {...(isLabelled ? { description: t('defaultHint') } : {})}
        dir="ltr"
        autoComplete="off"
        disabled={column.isNumbered}
        placeholder={column.isNumbered ? t('numbered') : ''}
        value={column.isNumbered ? '' : column.default}
        onChange={({ currentTarget: { value } }) => set({ default: value })}
      />
      {!isThere && (
        <Select
          {...named(t('pointsTo'))}
          dir="ltr"
          searchable
          clearable
          placeholder={t('nothing')}
          data={targets.map(({ id, schema, table }) => ({
            value: id,
            label: schema === 'public' ? table : `${schema}.${table}`,
          }))}
          value={column.target}
          onChange={(target) => {
            const type = targets.find(({ id }) => id === target)?.type;
            set({ target, ...(type === undefined ? {} : { type, isNumbered: false }) });
          }}
        />
      )}
      {!isThere && mayBeKey && (
        <Checkbox
          {...named(t('primaryKey'))}
          checked={column.isKey}
          onChange={({ currentTarget: { checked: isKey } }) =>
            set({ isKey, isNumbered: isKey && mayCount && column.target === null })
          }
        />
      )}
      {!isThere && (
        <Checkbox
          {...named(t('unique'))}
          checked={column.unique || column.isKey}
          disabled={column.isKey}
          onChange={({ currentTarget: { checked: unique } }) => set({ unique })}
        />
      )}
      <Checkbox
        {...named(t('nullable'))}
        checked={column.nullable && !column.isKey}
        disabled={column.isKey}
        onChange={({ currentTarget: { checked: nullable } }) => set({ nullable })}
      />
    </>
  );
}
