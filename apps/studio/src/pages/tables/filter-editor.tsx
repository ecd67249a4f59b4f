import { ActionIcon, Button, Group, Select, Stack, Text, TextInput } from '@mantine/core';
import { Icon } from '@ashlar/ui';
import { type ReactNode, useState } from 'react';
import { useText } from '../../texts/use-text.ts';
import styles from './filter-editor.module.css';
import {
  type Comparison,
  COMPARISONS,
  type Condition,
  type FilterGroup,
  isGroup,
  needsValue,
  NO_FILTER,
} from './rows/filter.ts';
import type { TableShape } from './rows/table-shape.ts';
import { tablesTexts } from './tables-texts.ts';

const DEEPEST = 3;

export interface FilterEditorProps {
  readonly shape: TableShape;
  readonly filter: FilterGroup;
  /** A column to begin another condition with. */
  readonly first: string | null;
  readonly onApply: (filter: FilterGroup) => void;
}

/** Conditions in groups, put together before they are asked. */
export function FilterEditor({ shape, filter, first, onApply }: FilterEditorProps): ReactNode {
  const t = useText(tablesTexts);
  const [group, setGroup] = useState<FilterGroup>(() =>
    first === null && filter.parts.length > 0
      ? filter
      : { ...filter, parts: [...filter.parts, newCondition(shape, first)] },
  );
  return (
    <form
      className={styles['editor']}
      onSubmit={(event) => {
        event.preventDefault();
        onApply(group);
      }}
    >
      <GroupEditor shape={shape} group={group} depth={1} onChange={setGroup} onRemove={null} />
      <Group justify="flex-end" gap="xs" mt="sm">
        {filter.parts.length > 0 && (
          <Button variant="default" onClick={() => onApply(NO_FILTER)}>
            {t('clearFilter')}
          </Button>
        )}
        <Button type="submit">{t('apply')}</Button>
      </Group>
    </form>
  );
}

interface GroupEditorProps {
  readonly shape: TableShape;
  readonly group: FilterGroup;
  readonly depth: number;
  readonly onChange: (group: FilterGroup) => void;
  readonly onRemove: (() => void) | null;
}

function GroupEditor({ shape, group, depth, onChange, onRemove }: GroupEditorProps): ReactNode {
  const t = useText(tablesTexts);
  const add = (part: Condition | FilterGroup): void => onChange({ ...group, parts: [...group.parts, part] });
  const replace = (at: number, part: Condition | FilterGroup): void =>
    onChange({ ...group, parts: group.parts.with(at, part) });
  const remove = (at: number): void => onChange({ ...group, parts: group.parts.toSpliced(at, 1) });
  return (
    <Stack gap="xs" className={depth > 1 ? (styles['nested'] ?? '') : ''}>
      <Group gap={6} wrap="nowrap">
        <Text size="sm">{t('match')}</Text>
        <Select
          size="xs"
          w={96}
          aria-label={t('match')}
          comboboxProps={{ withinPortal: false }}
          data={[
            { value: 'and', label: t('all') },
            { value: 'or', label: t('any') },
          ]}
          value={group.join}
          onChange={(join) => onChange({ ...group, join: join === 'or' ? 'or' : 'and' })}
        />
        <Text size="sm">{t('ofThese')}</Text>
        {onRemove !== null && (
          <ActionIcon aria-label={t('removeGroup')} onClick={onRemove} ms="auto">
            <Icon name="x" />
          </ActionIcon>
        )}
      </Group>
      {group.parts.map((part, at) =>
        isGroup(part) ? (
          <GroupEditor
            key={at}
            shape={shape}
            group={part}
            depth={depth + 1}
            onChange={(next) => replace(at, next)}
            onRemove={() => remove(at)}
          />
        ) : (
          <ConditionEditor
            key={at}
            shape={shape}
            condition={part}
            onChange={(next) => replace(at, next)}
            onRemove={() => remove(at)}
          />
        ),
      )}
      <Group gap="xs">
        <Button variant="subtle" leftSection={<Icon name="plus" />} onClick={() => add(newCondition(shape, null))}>
          {t('addCondition')}
        </Button>
        {depth < DEEPEST && (
          <Button
            variant="subtle"
            leftSection={<Icon name="folder-plus" />}
            onClick={() => add({ join: group.join === 'and' ? 'or' : 'and', parts: [newCondition(shape, null)] })}
          >
            {t('addGroup')}
          </Button>
        )}
      </Group>
    </Stack>
  );
}

interface ConditionEditorProps {
  readonly shape: TableShape;
  readonly condition: Condition;
  readonly onChange: (condition: Condition) => void;
  readonly onRemove: () => void;
}

function ConditionEditor({ shape, condition, onChange, onRemove }: ConditionEditorProps): ReactNode {
  const t = useText(tablesTexts);
  const { field, op, value } = condition;
  const type = shape.columns.find(({ name }) => name === field)?.fieldType;
  const fits = COMPARISONS.filter((one) => !/^(gt|lt)e?$/.test(one) || type?.operators.includes('gt') === true);
  const choices = type?.choices;
  const setValue = (next: string): void => onChange({ ...condition, value: next });
  return (
    <div className={styles['condition']}>
      <Select
        size="xs"
        dir="ltr"
        aria-label={t('column')}
        comboboxProps={{ withinPortal: false }}
        searchable
        data={shape.columns.map(({ name }) => name)}
        value={field}
        onChange={(next) => onChange({ field: next ?? field, op: 'eq', value })}
      />
      <Select
        size="xs"
        aria-label={t('comparison')}
        comboboxProps={{ withinPortal: false }}
        data={fits.map((one) => ({ value: one, label: t(one) }))}
        value={op}
        onChange={(next) => onChange({ ...condition, op: fits.find((one): one is Comparison => one === next) ?? op })}
      />
      {needsValue(op) && choices !== undefined && (op === 'eq' || op === 'neq') ? (
        <Select
          size="xs"
          aria-label={t('value')}
          comboboxProps={{ withinPortal: false }}
          data={[...choices]}
          value={value}
          onChange={(next) => setValue(next ?? '')}
        />
      ) : (
        <TextInput
          size="xs"
          aria-label={t('value')}
          dir="auto"
          disabled={!needsValue(op)}
          data-autofocus
          value={needsValue(op) ? value : ''}
          onChange={({ currentTarget: { value: next } }) => setValue(next)}
        />
      )}
      <ActionIcon aria-label={t('removeCondition')} onClick={onRemove}>
        <Icon name="x" />
      </ActionIcon>
    </div>
  );
}

function newCondition({ columns }: TableShape, field: string | null): Condition {
  const column = columns.find(({ name }) => name === field) ?? columns.find(({ isKey }) => !isKey) ?? columns[0];
  const isText = column !== undefined && /^(text|char)/.test(column.fieldType.name);
  return { field: column?.name ?? '', op: isText ? 'contains' : 'eq', value: '' };
}
