import { Autocomplete, Checkbox, Select, Table, TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import type { ExaminedFile } from '../../api/sheets.ts';
import type { Structure, TableInfo } from '../../api/structure-types.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { useText } from '../../texts/use-text.ts';
import { typesOf } from '../tables/change/column-fields.tsx';
import { type ColumnChoice, columnName, fillable, type ImportDraft } from './import-draft.ts';
import styles from './import-page.module.css';
import { importTexts } from './import-texts.ts';

const EXAMPLES = 3;

export interface ColumnMapProps {
  readonly draft: ImportDraft;
  readonly examined: ExaminedFile;
  /** Undefined for a new one. */
  readonly table: TableInfo | undefined;
  readonly structure: Structure;
  readonly set: (change: Partial<ImportDraft>) => void;
}

/** Each column of the file, with what it looks like and where it goes. */
export function ColumnMap({ draft, examined, table, structure, set }: ColumnMapProps): ReactNode {
  const t = useText(importTexts);
  const types = typesOf(structure);
  const choose = (at: number, choice: ColumnChoice): void => set({ choices: draft.choices.with(at, choice) });
  return (
    <DataTable label={t('column')} heads={[t('columnOfFile'), t('example'), t('column'), t('type')]}>
      {examined.columns.map(({ name, type }, at) => {
        const choice = draft.choices[at] ?? { column: null, type };
        return (
          <Table.Tr key={name} data-out={choice.column === null}>
            <Table.Td>
              {table === undefined ? (
                <Checkbox
                  label={<bdi>{name}</bdi>}
                  checked={choice.column !== null}
                  onChange={({ currentTarget: { checked } }) =>
                    choose(at, { ...choice, column: checked ? columnName(name) : null })
                  }
                />
              ) : (
                <bdi>{name}</bdi>
              )}
            </Table.Td>
            <Table.Td className={styles['example'] ?? ''}>
              <bdi>{examplesOf(examined, at)}</bdi>
            </Table.Td>
            <Table.Td>
              {table === undefined ? (
                <TextInput
                  aria-label={`${t('column')}: ${name}`}
                  dir="ltr"
                  disabled={choice.column === null}
                  value={choice.column ?? ''}
                  onChange={({ currentTarget: { value } }) => choose(at, { ...choice, column: value })}
                />
              ) : (
                <Select
                  aria-label={`${t('column')}: ${name}`}
                  searchable
                  data={[
                    { value: '', label: t('leaveOut') },
                    ...fillable(table).map((one) => ({ value: one, label: one })),
                  ]}
                  value={choice.column ?? ''}
                  allowDeselect={false}
                  onChange={(value) => choose(at, { ...choice, column: value === '' ? null : value })}
                />
              )}
            </Table.Td>
            <Table.Td dir="ltr" className={styles['type'] ?? ''}>
              {table === undefined ? (
                <Autocomplete
                  aria-label={`${t('type')}: ${name}`}
                  data={[...types]}
                  disabled={choice.column === null}
                  value={choice.type}
                  onChange={(value) => choose(at, { ...choice, type: value })}
                />
              ) : (
                table.columns.find((one) => one.name === choice.column)?.type
              )}
            </Table.Td>
          </Table.Tr>
        );
      })}
    </DataTable>
  );
}

function examplesOf({ sample }: ExaminedFile, at: number): string {
  const found = sample.flatMap((row) => row[at] ?? []);
  return [...new Set(found)].slice(0, EXAMPLES).join(' · ');
}
