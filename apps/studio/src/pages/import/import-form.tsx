import { Alert, Button, Checkbox, FileButton, Select, TextInput } from '@mantine/core';
import { Icon } from '@ashlar/ui';
import { type ReactNode, useState } from 'react';
import type { ExaminedFile } from '../../api/sheets.ts';
import type { Structure } from '../../api/structure-types.ts';
import { useText } from '../../texts/use-text.ts';
import { ownSchemas, tablesIn } from '../tables/use-structure.ts';
import { ColumnMap } from './column-map.tsx';
import { type DraftFault, draftFor, faultOf, type ImportDraft, orderOf, tableOf } from './import-draft.ts';
import styles from './import-page.module.css';
import { importTexts } from './import-texts.ts';
import { ReadingFields } from './reading-fields.tsx';
import { TriedNote } from './import-outcome.tsx';
import type { Import } from './use-import.ts';

const NEW = '';

export interface ImportFormProps {
  readonly work: Import;
  readonly file: File;
  readonly examined: ExaminedFile;
  readonly structure: Structure;
}

/** Where the file goes: how it is read, which table, which column into which. */
export function ImportForm({ work, file, examined, structure }: ImportFormProps): ReactNode {
  const t = useText(importTexts);
  const [draft, setDraft] = useState(() => draftFor(examined, file.name, structure, null));
  const [fault, setFault] = useState<DraftFault | null>(null);
  const tables = ownSchemas(structure).flatMap((schema) =>
    tablesIn(structure, schema)
      .filter(({ kind }) => kind === 'table' || kind === 'partitioned table')
      .map(({ name }) => ({ value: `${schema}.${name}`, label: schema === 'public' ? name : `${schema}.${name}` })),
  );
  const set = (change: Partial<ImportDraft>): void => {
    setDraft({ ...draft, ...change });
    setFault(null);
  };
  const load = (isDryRun: boolean): void => {
    const found = faultOf(draft, structure);
    setFault(found);
    if (found === null) work.load(orderOf(draft, structure, isDryRun));
  };
  return (
    <form
      className={styles['form']}
      onSubmit={(event) => {
        event.preventDefault();
        load(false);
      }}
    >
      <header className={styles['file']}>
        <Icon name="file-import" size={20} />
        <div>
          <bdi className={styles['name']}>{file.name}</bdi>
          <p>
            {t('found', { rows: examined.rows, columns: examined.columns.length })}
            {examined.faulty > 0 && ` · ${t('faultyRows', { count: examined.faulty })}`}
          </p>
        </div>
        <FileButton onChange={(other) => other !== null && work.choose(other)}>
          {(props) => (
            <Button {...props} variant="default">
              {t('chooseOther')}
            </Button>
          )}
        </FileButton>
      </header>
      <ReadingFields examined={examined} onRead={work.read} />
      <div className={styles['fields']}>
        <Select
          label={t('into')}
          data={[{ value: NEW, label: t('newTable') }, ...tables]}
          value={draft.target ?? NEW}
          allowDeselect={false}
          searchable
          onChange={(value) => {
            setDraft(draftFor(examined, file.name, structure, value === NEW ? null : value));
            setFault(null);
          }}
        />
        {draft.target === null && (
          <TextInput
            label={t('tableName')}
            dir="ltr"
            autoComplete="off"
            value={draft.name}
            onChange={({ currentTarget: { value } }) => set({ name: value })}
          />
        )}
        <Choices draft={draft} examined={examined} hasKey={hasKey(structure, draft.target)} set={set} />
      </div>
      <ColumnMap
        draft={draft}
        examined={examined}
        table={tableOf(structure, draft.target)}
        structure={structure}
        set={set}
      />
      <Checkbox
        label={t('skipFaulty')}
        checked={draft.skipFaulty}
        onChange={({ currentTarget: { checked } }) => set({ skipFaulty: checked })}
      />
      {fault !== null && (
        <Alert role="alert" color="red" icon={<Icon name="alert-circle" />} p="xs">
          {t(fault)}
        </Alert>
      )}
      <TriedNote work={work} />
      <footer className={styles['actions']}>
        <Button type="submit" leftSection={<Icon name="database-import" />}>
          {t('import', { rows: examined.rows })}
        </Button>
        <Button variant="default" onClick={() => load(true)}>
          {t('tryOut')}
        </Button>
      </footer>
    </form>
  );
}

function hasKey({ constraints }: Structure, target: string | null): boolean {
  return constraints.some(({ kind, schema, table }) => kind === 'primary key' && `${schema}.${table}` === target);
}

interface ChoicesProps {
  readonly draft: ImportDraft;
  readonly examined: ExaminedFile;
  readonly hasKey: boolean;
  readonly set: (change: Partial<ImportDraft>) => void;
}

function Choices({ draft, examined, hasKey: isKeyed, set }: ChoicesProps): ReactNode {
  const t = useText(importTexts);
  const unique = examined.columns.flatMap(({ name, is_unique: isUnique, has_empty: hasEmpty }, at) =>
    isUnique && !hasEmpty ? [{ value: String(at), label: name }] : [],
  );
  const repeated = (['refuse', 'skip', ...(isKeyed ? (['replace'] as const) : [])] as const).map((value) => ({
    value,
    label: t(value),
  }));
  return (
    <>
      {draft.target === null ? (
        <Select
          label={t('key')}
          data={[{ value: '', label: t('counted') }, ...unique]}
          value={draft.key === null ? '' : String(draft.key)}
          allowDeselect={false}
          onChange={(value) => set({ key: value === '' || value === null ? null : Number(value) })}
        />
      ) : (
        <Select
          label={t('repeated')}
          data={repeated}
          value={draft.repeated}
          allowDeselect={false}
          onChange={(value) => set({ repeated: repeated.find((one) => one.value === value)?.value ?? 'refuse' })}
        />
      )}
      {examined.columns.some(({ dates }) => dates !== null) && (
        <Select
          label={t('dates')}
          data={[
            { value: 'dmy', label: t('dmy') },
            { value: 'mdy', label: t('mdy') },
          ]}
          value={draft.dates}
          allowDeselect={false}
          onChange={(value) => set({ dates: value === 'mdy' ? 'mdy' : 'dmy' })}
        />
      )}
    </>
  );
}
