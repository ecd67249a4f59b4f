import { Checkbox, Group, Select } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { useText } from '../../../texts/use-text.ts';
import { ChangeForm } from '../../tables/change/change-form.tsx';
import { ownSchemas } from '../../tables/use-structure.ts';
import { schemaTexts } from '../schema-texts.ts';
import { Beside, isFree, labelOf, type MakeProps, NameField, SqlField, TableField } from './fields.tsx';

const TIMINGS = ['before', 'after'] as const;
const EVENTS = ['insert', 'update', 'delete', 'truncate'] as const;

export function TriggerDialog({ structure, table: first, onClose }: MakeProps): ReactNode {
  const t = useText(schemaTexts);
  const [table, setTable] = useState(first);
  const [name, setName] = useState('');
  const [timing, setTiming] = useState<(typeof TIMINGS)[number]>('before');
  const [events, setEvents] = useState<readonly string[]>(['update']);
  const [each, setEach] = useState<'row' | 'statement'>('row');
  const [when, setWhen] = useState('');
  const [called, setCalled] = useState<string | null>(null);
  const schemas = ownSchemas(structure);
  const functions = structure.functions.filter(
    ({ returns, schema }) => returns === 'trigger' && (schemas.includes(schema) || schema === 'extensions'),
  );
  const chosen = functions.find((one) => labelOf(one) === called);
  const taken = structure.triggers
    .filter((one) => one.schema === table?.schema && one.table === table?.name)
    .map((one) => one.name);
  const isGood = table !== null && isFree(name, taken) && events.length > 0 && chosen !== undefined;
  const input = {
    schema: table?.schema,
    table: table?.name,
    name: name.trim(),
    timing,
    events,
    // A whole table is emptied at once.
    for: events.includes('truncate') ? 'statement' : each,
    ...(when.trim() === '' ? {} : { when: when.trim() }),
    function: { schema: chosen?.schema, name: chosen?.name },
  };
  return (
    <ChangeForm
      title={t('newTrigger')}
      verb={t('create')}
      missing={t('incomplete')}
      operations={isGood ? [{ operation: 'create-trigger', input }] : []}
      onClose={onClose}
      onDone={onClose}
    >
      <Beside>
        <TableField structure={structure} value={table} onChange={setTable} />
        <NameField value={name} taken={taken} onChange={setName} />
      </Beside>
      <Beside>
        <Select
          label={t('timing')}
          allowDeselect={false}
          data={TIMINGS.map((value) => ({ value, label: t(`${value} change`) }))}
          value={timing}
          onChange={(next) => setTiming(next === 'after' ? 'after' : 'before')}
        />
        <Select
          label={t('each')}
          allowDeselect={false}
          disabled={events.includes('truncate')}
          data={(['row', 'statement'] as const).map((value) => ({ value, label: t(value) }))}
          value={input.for}
          onChange={(next) => setEach(next === 'statement' ? 'statement' : 'row')}
        />
      </Beside>
      <Checkbox.Group label={t('events')} value={[...events]} onChange={setEvents}>
        <Group gap="md" mt={4}>
          {EVENTS.map((event) => (
            <Checkbox key={event} value={event} label={t(event)} />
          ))}
        </Group>
      </Checkbox.Group>
      <Select
        label={t('functionOf')}
        dir="ltr"
        searchable
        {...(functions.length === 0 ? { description: t('noTriggerFunctions') } : {})}
        data={[...new Set(functions.map(labelOf))]}
        value={called}
        onChange={setCalled}
      />
      <SqlField label={t('when')} hint={t('whenHint')} rows={1} value={when} onChange={setWhen} />
    </ChangeForm>
  );
}
