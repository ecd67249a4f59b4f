import { Button, SegmentedControl, Select, Textarea } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { Icon } from '@ashlar/ui';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import type { TableInfo } from '../../../api/structure-types.ts';
import {
  type Command,
  type DraftPolicy,
  type ExplainedRow,
  type Explanation,
  visibility,
} from '../../../api/visibility.ts';
import { type CallerDraft, callerOf, CallerPicker } from '../../../parts/caller-picker.tsx';
import { FormError } from '../../../parts/form-error.tsx';
import { useProject } from '../../../parts/use-project.ts';
import { useText } from '../../../texts/use-text.ts';
import { Why } from './why.tsx';
import { policyTexts } from './policy-texts.ts';
import styles from './policies.module.css';

const COMMANDS = ['select', 'insert', 'update', 'delete'] as const;
const ASK_AFTER_MS = 400;
const SHOWN_COLUMNS = 4;

export interface PolicyTestProps {
  readonly table: TableInfo;
  /** Counted in as if it were there; null while it cannot be. */
  readonly draft: DraftPolicy | null;
}

/** Which rows somebody may read, add, change and delete, and why. */
export function PolicyTest({ table, draft }: PolicyTestProps): ReactNode {
  const t = useText(policyTexts);
  const { ref } = useProject();
  const [caller, setCaller] = useState<CallerDraft>({ role: 'authenticated', user: '', claims: '' });
  const [command, setCommand] = useState<Command>(() =>
    draft === null || draft.command === 'all' ? 'select' : draft.command,
  );
  const [isNew, setNew] = useState(false);
  const [values, setValues] = useState(() => firstValues(table));
  const asksNew = command === 'insert' || (command === 'update' && isNew);
  const asked = { caller: callerOf(caller), command, draft, values: asksNew ? objectOf(values) : null };
  const [settled] = useDebouncedValue(JSON.stringify(asked), ASK_AFTER_MS);
  const question: typeof asked = JSON.parse(settled);
  const answer = useQuery({
    queryKey: ['visibility', ref, table.schema, table.name, settled, asksNew],
    async queryFn({ signal }): Promise<readonly (Explanation & Partial<ExplainedRow>)[]> {
      const { caller: who, command: what, draft: policy } = question;
      if (who === null) return [];
      const about = {
        schema: table.schema,
        table: table.name,
        command: what,
        caller: who,
        ...(policy === null ? {} : { draft: policy }),
      };
      if (!asksNew) return visibility.rows(ref, about, signal);
      return question.values === null ? [] : [await visibility.values(ref, about, question.values, signal)];
    },
    enabled: question.caller !== null && (!asksNew || question.values !== null),
    placeholderData: keepPreviousData,
    gcTime: 0,
    retry: false,
  });
  const rows = answer.data ?? [];
  return (
    <section className={styles['test']} aria-label={t('test')}>
      <h3 className={styles['heading']}>{t('test')}</h3>
      <p className={styles['hint']}>{t('testHint')}</p>
      <div className={styles['ask']}>
        <CallerPicker caller={caller} onChange={setCaller} />
        <Select
          size="xs"
          aria-label={t('command')}
          allowDeselect={false}
          data={COMMANDS.map((value) => ({ value, label: t(value) }))}
          value={command}
          onChange={(next) => setCommand(COMMANDS.find((one) => one === next) ?? command)}
        />
        {command === 'update' && (
          <SegmentedControl
            size="xs"
            data={[
              { value: 'is', label: t('asIs') },
              { value: 'new', label: t('asWould') },
            ]}
            value={isNew ? 'new' : 'is'}
            onChange={(next) => setNew(next === 'new')}
          />
        )}
      </div>
      {asksNew && (
        <Textarea
          label={t(command === 'insert' ? 'values' : 'valuesChange')}
          dir="ltr"
          autosize
          maxRows={8}
          spellCheck={false}
          error={objectOf(values) === null ? t('valuesWrong') : null}
          styles={{ input: { fontFamily: 'var(--a-font-mono)', fontSize: 'var(--a-text-xs)' } }}
          value={values}
          onChange={({ currentTarget: { value } }) => setValues(value)}
        />
      )}
      <FormError error={answer.error} />
      {draft === null && <p className={styles['hint']}>{t('fix')}</p>}
      {answer.data !== undefined && !asksNew && (
        <p className={styles['count']} role="status">
          {rows.length === 0
            ? t('noRows')
            : t('seen', { allowed: rows.filter(({ allowed }) => allowed).length, total: rows.length })}
        </p>
      )}
      <ul className={styles['rows']} aria-label={t('because')}>
        {rows.map((row, at) => (
          <Row key={at} row={row} columns={table.columns.map(({ name }) => name)} draft={draft?.name ?? null} />
        ))}
      </ul>
    </section>
  );
}

interface RowProps {
  readonly row: Explanation & Partial<ExplainedRow>;
  readonly columns: readonly string[];
  readonly draft: string | null;
}

function Row({ row, columns, draft }: RowProps): ReactNode {
  const t = useText(policyTexts);
  const [isOpen, setOpen] = useState(row.values === undefined);
  return (
    <li className={styles['row']} data-allowed={row.allowed}>
      <Button
        variant="subtle"
        justify="space-between"
        classNames={{ label: styles['label'] ?? '', section: styles['section'] ?? '' }}
        fullWidth
        aria-expanded={isOpen}
        className={styles['line'] ?? ''}
        leftSection={<Icon name={row.allowed ? 'circle-check' : 'ban'} />}
        rightSection={<Icon name={isOpen ? 'chevron-up' : 'chevron-down'} />}
        onClick={() => setOpen(!isOpen)}
      >
        <span className={styles['said']}>{t(row.allowed ? 'allowed' : 'refused')}</span>
        {row.values !== undefined && (
          <span className={styles['values']}>
            {columns.slice(0, SHOWN_COLUMNS).map((name) => (
              <bdi key={name}>{row.values?.[name] ?? 'NULL'}</bdi>
            ))}
          </span>
        )}
      </Button>
      {isOpen && <Why explanation={row} draft={draft} />}
    </li>
  );
}

function objectOf(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch {
    return null;
  }
}

/** A row without what the database fills in. */
function firstValues({ columns }: TableInfo): string {
  const given = columns.filter(
    ({ default: value, identity, generated }) => value === null && identity === null && !generated,
  );
  return JSON.stringify(Object.fromEntries(given.map(({ name }) => [name, null])), null, 1);
}
