import { MultiSelect, Select, SimpleGrid, Textarea, TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Structure, TableInfo } from '../../../api/structure-types.ts';
import { useText } from '../../../texts/use-text.ts';
import { isName } from '../../tables/change/column-draft.ts';
import { ownSchemas, tablesIn } from '../../tables/use-structure.ts';
import { schemaTexts } from '../schema-texts.ts';

/** What every dialog that makes something is given. */
export interface MakeProps {
  readonly structure: Structure;
  /** The table to begin with, if one was looked at. */
  readonly table: TableInfo | null;
  readonly onClose: () => void;
}

/** Tables proper, of the owner's schemas. */
export function ownTables(structure: Structure): readonly TableInfo[] {
  return ownSchemas(structure).flatMap((schema) =>
    tablesIn(structure, schema).filter(({ kind }) => kind === 'table' || kind === 'partitioned table'),
  );
}

export function labelOf({ schema, name }: { readonly schema: string; readonly name: string }): string {
  return schema === 'public' ? name : `${schema}.${name}`;
}

interface NameFieldProps {
  readonly value: string;
  readonly taken: readonly string[];
  readonly onChange: (name: string) => void;
  readonly placeholder?: string;
  readonly isFocused?: boolean;
}

export function NameField({ value, taken, onChange, placeholder = '', isFocused = false }: NameFieldProps): ReactNode {
  const t = useText(schemaTexts);
  const name = value.trim();
  const fault = taken.includes(name) ? t('nameTaken') : name !== '' && !isName(name) ? t('nameWrong') : null;
  return (
    <TextInput
      label={t('name')}
      dir="ltr"
      autoComplete="off"
      placeholder={placeholder}
      error={fault}
      {...(isFocused ? { 'data-autofocus': true } : {})}
      value={value}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
    />
  );
}

/** Whether a name may be given. */
export function isFree(name: string, taken: readonly string[]): boolean {
  return isName(name) && !taken.includes(name.trim());
}

interface TableFieldProps {
  readonly structure: Structure;
  readonly value: TableInfo | null;
  readonly label?: string;
  readonly onChange: (table: TableInfo | null) => void;
}

export function TableField({ structure, value, label, onChange }: TableFieldProps): ReactNode {
  const t = useText(schemaTexts);
  const tables = ownTables(structure);
  return (
    <Select
      label={label ?? t('table')}
      dir="ltr"
      searchable
      // It has the focus when a dialog opens, and would cover the fields below.
      openOnFocus={false}
      placeholder={t('chooseTable')}
      nothingFoundMessage={t('noTables')}
      {...(label === undefined ? { 'data-autofocus': true } : {})}
      data={tables.map(labelOf)}
      value={value === null ? null : labelOf(value)}
      onChange={(next) => onChange(tables.find((table) => labelOf(table) === next) ?? null)}
    />
  );
}

interface ColumnsFieldProps {
  readonly table: TableInfo | null;
  readonly value: readonly string[];
  readonly label?: string;
  readonly onChange: (columns: readonly string[]) => void;
}

/** Columns in the order they are chosen. */
export function ColumnsField({ table, value, label, onChange }: ColumnsFieldProps): ReactNode {
  const t = useText(schemaTexts);
  return (
    <MultiSelect
      label={label ?? t('columns')}
      dir="ltr"
      searchable
      disabled={table === null}
      data={table?.columns.map(({ name }) => name) ?? []}
      value={[...value]}
      onChange={onChange}
    />
  );
}

interface SqlFieldProps {
  readonly label: string;
  readonly hint?: string;
  readonly value: string;
  readonly rows?: number;
  readonly fault?: string | null;
  readonly onChange: (sql: string) => void;
}

export function SqlField({ label, hint, value, rows = 2, fault = null, onChange }: SqlFieldProps): ReactNode {
  return (
    <Textarea
      label={label}
      {...(hint === undefined ? {} : { description: hint })}
      dir="ltr"
      autosize
      minRows={rows}
      maxRows={16}
      spellCheck={false}
      autoComplete="off"
      error={fault}
      styles={{ input: { fontFamily: 'var(--a-font-mono)', fontSize: 'var(--a-text-sm)' } }}
      value={value}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
    />
  );
}

interface SchemaFieldProps {
  readonly structure: Structure;
  readonly value: string;
  readonly onChange: (schema: string) => void;
}

/** Nothing where there is but one. */
export function SchemaField({ structure, value, onChange }: SchemaFieldProps): ReactNode {
  const t = useText(schemaTexts);
  const schemas = ownSchemas(structure);
  if (schemas.length < 2) return null;
  return (
    <Select
      label={t('schemaOf')}
      dir="ltr"
      allowDeselect={false}
      data={[...schemas]}
      value={value}
      onChange={(next) => onChange(next ?? 'public')}
    />
  );
}

/** Fields beside each other, as far as there is room. */
export function Beside({ children }: { readonly children: ReactNode }): ReactNode {
  return (
    <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm" verticalSpacing="sm">
      {children}
    </SimpleGrid>
  );
}
