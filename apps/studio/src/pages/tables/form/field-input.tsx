import { ActionIcon, Button, Group, Select, Stack, Textarea, TextInput } from '@mantine/core';
import { Icon } from '@ashlar/ui';
import type { Candidate, GridHandle } from '@ashlar/ui/grid';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { type KeyboardEvent, type ReactNode, type RefObject, useRef, useState } from 'react';
import { useText } from '../../../texts/use-text.ts';
import { formTexts } from './form-texts.ts';
import type { RecordField } from './use-record.ts';

export interface FieldInputProps {
  readonly cell: RecordField;
  readonly rowKey: string;
  readonly grid: RefObject<GridHandle | null>;
}

/** The input of one column: a line, lines, JSON, one of a few, or a row of another table that is searched for. */
export function FieldInput(props: FieldInputProps): ReactNode {
  const { cell } = props;
  const { editor } = cell.field.type;
  if (!cell.isEditable) return <Written {...props} />;
  if (editor === 'choice') return <Choice {...props} />;
  return editor === 'search' ? <Search {...props} /> : <Written {...props} />;
}

/** What every input says beside the value. */
function useSaid({ cell, rowKey, grid }: FieldInputProps) {
  const { field, mark, value, isEditable } = cell;
  const messages = grid.current?.model.options.messages;
  return {
    label: <bdi>{field.label}</bdi>,
    description: field.hint === undefined ? null : <bdi dir="ltr">{field.hint}</bdi>,
    placeholder: value === null ? (messages?.null ?? '') : '',
    readOnly: !isEditable,
    required: field.isNullable === false && isEditable,
    withAsterisk: false,
    'data-field': field.id,
    dir: field.type.direction === 'ltr' ? 'ltr' : 'auto',
    size: 'sm',
    error:
      mark?.kind === 'invalid' ? (
        mark.reason
      ) : mark?.kind === 'conflict' ? (
        <Stack gap={4}>
          {messages?.conflict}: {mark.theirs ?? messages?.null}
          <Group gap="xs">
            {(['mine', 'theirs'] as const).map((side) => (
              <Button
                key={side}
                size="compact-xs"
                variant="default"
                onClick={() => grid.current?.edits.resolve(rowKey, field.id, side)}
              >
                {side === 'mine' ? messages?.keepMine : messages?.takeTheirs}
              </Button>
            ))}
          </Group>
        </Stack>
      ) : null,
  } as const;
}

function Written(props: FieldInputProps): ReactNode {
  const { cell, grid } = props;
  const { field, place, shown, value } = cell;
  const said = useSaid(props);
  const [typed, setTyped] = useState<string | null>(null);
  /** What the cell held when somebody began to type: if it is another's by then, both are shown. */
  const seen = useRef(value);
  const isLong = field.type.editor === 'lines' || field.type.editor === 'json';

  const finish = (): void => {
    if (typed !== null && typed !== shown) grid.current?.edits.type(place, typed, seen.current);
    setTyped(null);
  };
  const press = (event: KeyboardEvent): void => {
    const hasControl = event.ctrlKey || event.metaKey;
    if (event.key === 'Backspace' && hasControl && (typed ?? shown) === '' && cell.isEditable) {
      grid.current?.edits.setNull(place, value);
      setTyped(null);
      event.preventDefault();
    } else if (event.key === 'Enter' && (!isLong || hasControl)) {
      finish();
      event.preventDefault();
    }
  };
  const shared = {
    ...said,
    value: typed ?? shown,
    onChange: ({ currentTarget }: { readonly currentTarget: { readonly value: string } }) => {
      if (typed === null) seen.current = value;
      setTyped(currentTarget.value);
    },
    onBlur: finish,
    onKeyDown: press,
  };
  if (!isLong) return <TextInput {...shared} spellCheck={false} />;
  const isCode = field.type.editor === 'json';
  return (
    <Textarea
      {...shared}
      autosize
      minRows={isCode ? 2 : 1}
      maxRows={12}
      spellCheck={!isCode}
      {...(isCode ? { styles: { input: { fontFamily: 'var(--a-font-mono)' } } } : {})}
    />
  );
}

function Choice(props: FieldInputProps): ReactNode {
  const { cell, grid } = props;
  const { field, place, value } = cell;
  const said = useSaid(props);
  const labelOf = (choice: string): string =>
    field.type.name === 'boolean' ? `${field.type.format(choice, 'en')} ${choice}` : choice;
  return (
    <Select
      {...said}
      data={(field.type.choices ?? []).map((choice) => ({ value: choice, label: labelOf(choice) }))}
      value={value}
      clearable={field.isNullable !== false}
      allowDeselect={false}
      onKeyDown={keepInList}
      onChange={(next) => {
        if (next === null) grid.current?.edits.setNull(place, value);
        else grid.current?.edits.type(place, next, value);
      }}
    />
  );
}

function Search(props: FieldInputProps): ReactNode {
  const t = useText(formTexts);
  const { cell, grid } = props;
  const { field, place, value, shown } = cell;
  const said = useSaid(props);
  const [text, setText] = useState<string | null>(null);
  const found = useQuery({
    queryKey: ['record-reference', field.id, place.row, text],
    queryFn: async ({ signal }): Promise<readonly Candidate[]> =>
      (await field.reference?.search(text === shown ? '' : (text ?? ''), signal)) ?? [],
    enabled: text !== null,
    placeholderData: keepPreviousData,
    gcTime: 0,
  });
  const candidates = found.data ?? [];
  const isListed = candidates.some((candidate) => candidate.value === value);
  const options = [
    ...(value === null || isListed ? [] : [{ value, label: shown }]),
    ...candidates.map((candidate) => ({ value: candidate.value, label: candidate.label })),
  ];
  const messages = grid.current?.model.options.messages;
  return (
    <Group gap={4} align="flex-end" wrap="nowrap">
      <Select
        {...said}
        flex={1}
        searchable
        data={options}
        value={value}
        searchValue={text ?? shown}
        onSearchChange={setText}
        onDropdownOpen={() => setText(shown)}
        onBlur={() => setText(null)}
        // The server has searched already, in more than what is shown.
        filter={({ options: all }) => all}
        nothingFoundMessage={found.isFetching ? messages?.searching : messages?.noMatch}
        clearable={field.isNullable !== false}
        allowDeselect={false}
        onKeyDown={keepInList}
        onChange={(next) => {
          if (next === null) grid.current?.edits.setNull(place, value);
          else grid.current?.edits.type(place, next, value);
          setText(null);
        }}
      />
      {value !== null && field.reference?.open !== undefined && (
        <ActionIcon
          variant="default"
          size={30}
          aria-label={t('openLinked', { name: field.label })}
          onClick={() => field.reference?.open?.(value)}
        >
          <Icon name="external-link" />
        </ActionIcon>
      )}
    </Group>
  );
}

/** An open list is closed by Escape first, and then the form. */
function keepInList(event: KeyboardEvent): void {
  const isOpen = event.currentTarget.getAttribute('aria-expanded') === 'true';
  if (isOpen && event.key === 'Escape') event.stopPropagation();
}
