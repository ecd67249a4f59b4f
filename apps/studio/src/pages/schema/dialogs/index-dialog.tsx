import { Checkbox, Select } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { queries } from '../../../api/queries.ts';
import { sqlConsole } from '../../../api/sql-console.ts';
import { useProject } from '../../../parts/use-project.ts';
import { useText } from '../../../texts/use-text.ts';
import { ChangeForm } from '../../tables/change/change-form.tsx';
import { schemaTexts } from '../schema-texts.ts';
import { Beside, ColumnsField, isFree, type MakeProps, NameField, SqlField, TableField } from './fields.tsx';

const METHODS = ['btree', 'hash', 'gin', 'gist', 'brin'] as const;
const BUILD_SECONDS = 300;

export function IndexDialog({ structure, table: first, onClose }: MakeProps): ReactNode {
  const t = useText(schemaTexts);
  const { ref } = useProject();
  const client = useQueryClient();
  const [table, setTable] = useState(first);
  const [columns, setColumns] = useState<readonly string[]>([]);
  const [given, setName] = useState('');
  const [method, setMethod] = useState<(typeof METHODS)[number]>('btree');
  const [unique, setUnique] = useState(false);
  const [where, setWhere] = useState('');
  const [isConcurrent, setConcurrent] = useState(false);
  const taken = structure.indexes.filter(({ schema }) => schema === table?.schema).map(({ name }) => name);
  const usual = table === null ? '' : [table.name, ...columns, 'idx'].join('_');
  const name = given.trim() === '' ? usual : given.trim();
  const isGood = table !== null && columns.length > 0 && isFree(name, taken);
  const mayBeUnique = method === 'btree';
  const input = {
    schema: table?.schema,
    table: table?.name,
    name,
    method,
    unique: unique && mayBeUnique,
    parts: columns.map((column) => ({ column })),
    ...(where.trim() === '' ? {} : { where: where.trim() }),
  };
  async function build(statements: readonly string[]): Promise<void> {
    for (const statement of statements) {
      await sqlConsole.run(ref, {
        id: crypto.randomUUID(),
        sql: statement.replace(/^create (unique )?index /, 'create $1index concurrently '),
        as: 'owner',
        explain: null,
        transaction: false,
        max_rows: 1,
        timeout_ms: BUILD_SECONDS * 1_000,
      });
    }
    await client.invalidateQueries(queries.structure(ref));
  }
  return (
    <ChangeForm
      title={t('newIndex')}
      verb={t('create')}
      missing={t('incomplete')}
      operations={isGood ? [{ operation: 'create-index', input }] : []}
      {...(isConcurrent ? { run: build } : {})}
      onClose={onClose}
      onDone={onClose}
    >
      <Beside>
        <TableField
          structure={structure}
          value={table}
          onChange={(next) => {
            setTable(next);
            setColumns([]);
          }}
        />
        <ColumnsField table={table} value={columns} onChange={setColumns} />
      </Beside>
      <Beside>
        <NameField value={given} taken={taken} placeholder={usual} onChange={setName} />
        <Select
          label={t('method')}
          allowDeselect={false}
          data={METHODS.map((value) => ({ value, label: t(value) }))}
          value={method}
          onChange={(next) => setMethod(METHODS.find((one) => one === next) ?? 'btree')}
        />
      </Beside>
      <SqlField label={t('where')} hint={t('whereHint')} rows={1} value={where} onChange={setWhere} />
      <Checkbox
        label={t('unique')}
        description={t('uniqueHint')}
        checked={unique && mayBeUnique}
        disabled={!mayBeUnique}
        onChange={({ currentTarget: { checked } }) => setUnique(checked)}
      />
      <Checkbox
        label={t('concurrently')}
        description={t('concurrentlyHint')}
        checked={isConcurrent}
        onChange={({ currentTarget: { checked } }) => setConcurrent(checked)}
      />
    </ChangeForm>
  );
}
