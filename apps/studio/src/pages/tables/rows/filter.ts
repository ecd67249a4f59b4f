/** How a value is compared. */
export const COMPARISONS = [
  'eq',
  'neq',
  'gt',
  'gte',
  'lt',
  'lte',
  'contains',
  'startsWith',
  'isNull',
  'isNotNull',
] as const;
export type Comparison = (typeof COMPARISONS)[number];

export interface Condition {
  readonly field: string;
  readonly op: Comparison;
  readonly value: string;
}

/** Conditions that hold all together, or any of them. */
export interface FilterGroup {
  readonly join: 'and' | 'or';
  readonly parts: readonly (Condition | FilterGroup)[];
}

export const NO_FILTER: FilterGroup = { join: 'and', parts: [] };
const MAX_DEPTH = 4;
const MAX_CONDITIONS = 50;

export function isGroup(part: Condition | FilterGroup): part is FilterGroup {
  return 'parts' in part;
}

export function needsValue(op: Comparison): boolean {
  return op !== 'isNull' && op !== 'isNotNull';
}

export function conditionsOf({ parts }: FilterGroup): readonly Condition[] {
  return parts.flatMap((part) => (isGroup(part) ? conditionsOf(part) : [part]));
}

/** What an address holds of a filter; whatever else it holds is left out. */
export function readFilter(value: unknown): FilterGroup | undefined {
  const read = readPart(value, 1);
  if (read === undefined || !isGroup(read) || read.parts.length === 0) return undefined;
  return conditionsOf(read).length > MAX_CONDITIONS ? undefined : read;
}

function readPart(value: unknown, depth: number): Condition | FilterGroup | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if ('parts' in value && Array.isArray(value.parts) && 'join' in value) {
    if (depth > MAX_DEPTH) return undefined;
    const parts = value.parts.flatMap((part) => readPart(part, depth + 1) ?? []);
    return parts.length === 0 ? undefined : { join: value.join === 'or' ? 'or' : 'and', parts };
  }
  if (!('field' in value) || typeof value.field !== 'string' || !('op' in value)) return undefined;
  const op = COMPARISONS.find((name) => name === value.op);
  const text = 'value' in value ? String(value.value) : '';
  return op === undefined ? undefined : { field: value.field, op, value: text };
}
