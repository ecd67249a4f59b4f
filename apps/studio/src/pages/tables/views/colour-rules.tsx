import { ActionIcon, Button, Checkbox, Group, Popover, Select, Stack, TextInput } from '@mantine/core';
import { Icon } from '@ashlar/ui';
import type { ReactNode } from 'react';
import { useText } from '../../../texts/use-text.ts';
import { COMPARISONS, needsValue } from '../rows/filter.ts';
import type { TableShape } from '../rows/table-shape.ts';
import { tablesTexts } from '../tables-texts.ts';
import type { Look } from './use-look.ts';
import { type ColourRule, TONES } from './view-definition.ts';
import { viewsTexts } from './views-texts.ts';

const MAX_RULES = 20;

/** Colours by rule: seen at once, kept with the view. */
export function ColourRules({ shape, look }: { readonly shape: TableShape; readonly look: Look }): ReactNode {
  const t = useText(viewsTexts);
  const { colours, setColours } = look;
  const add = (): void => {
    const field = shape.columns[0]?.name ?? '';
    setColours([
      ...colours,
      { field, op: 'eq', value: '', tone: TONES[colours.length % TONES.length] ?? 'gray', isWholeRow: false },
    ]);
  };
  return (
    <Popover position="bottom-start" shadow="md" trapFocus>
      <Popover.Target>
        <Button
          data-may-shrink={colours.length === 0 || undefined}
          title={t('colours')}
          variant={colours.length > 0 ? 'light' : 'default'}
          leftSection={<Icon name="palette" />}
        >
          {colours.length > 0 ? t('coloursWith', { count: colours.length }) : t('colours')}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap="xs">
          {colours.map((rule, at) => (
            <Rule
              key={at}
              rule={rule}
              shape={shape}
              onChange={(next) => setColours(next === null ? colours.toSpliced(at, 1) : colours.with(at, next))}
            />
          ))}
          <Button
            variant="default"
            leftSection={<Icon name="plus" />}
            onClick={add}
            disabled={colours.length >= MAX_RULES}
          >
            {t('addRule')}
          </Button>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}

interface RuleProps {
  readonly rule: ColourRule;
  readonly shape: TableShape;
  /** Null takes it away. */
  readonly onChange: (rule: ColourRule | null) => void;
}

function Rule({ rule, shape, onChange }: RuleProps): ReactNode {
  const t = useText(viewsTexts);
  const u = useText(tablesTexts);
  const set = (change: Partial<ColourRule>): void => onChange({ ...rule, ...change });
  const inside = { comboboxProps: { withinPortal: false }, size: 'xs', allowDeselect: false } as const;
  return (
    <Group gap={6} role="group" aria-label={t('rule')}>
      <Select
        {...inside}
        w={130}
        aria-label={u('column')}
        data={shape.columns.map(({ name }) => name)}
        value={rule.field}
        onChange={(field) => set({ field: field ?? rule.field })}
      />
      <Select
        {...inside}
        w={130}
        aria-label={u('comparison')}
        data={COMPARISONS.map((value) => ({ value, label: u(value) }))}
        value={rule.op}
        onChange={(op) => set({ op: COMPARISONS.find((name) => name === op) ?? rule.op })}
      />
      {needsValue(rule.op) && (
        <TextInput
          size="xs"
          w={120}
          dir="auto"
          aria-label={u('value')}
          value={rule.value}
          onChange={({ currentTarget: { value } }) => set({ value })}
        />
      )}
      <Select
        {...inside}
        w={100}
        aria-label={t('colour')}
        data={TONES.map((value) => ({ value, label: t(value) }))}
        value={rule.tone}
        onChange={(tone) => set({ tone: TONES.find((name) => name === tone) ?? rule.tone })}
      />
      <Checkbox
        size="xs"
        label={t('wholeRow')}
        checked={rule.isWholeRow}
        onChange={({ currentTarget: { checked } }) => set({ isWholeRow: checked })}
      />
      <ActionIcon variant="subtle" color="gray" aria-label={t('removeRule')} onClick={() => onChange(null)}>
        <Icon name="x" />
      </ActionIcon>
    </Group>
  );
}
