import type { ColumnState, GridRow, Tone } from '@ashlar/ui/grid';
import { COMPARISONS, type Comparison, type FilterGroup, readFilter } from '../rows/filter.ts';
import { readTableSearch, type TableSearch } from '../rows/view-in-address.ts';

export const TONES = ['gray', 'blue', 'green', 'amber', 'red', 'violet'] as const satisfies readonly Tone[];

/** Colours rows, or one of their cells, whose value compares so. */
export interface ColourRule {
  readonly field: string;
  readonly op: Comparison;
  readonly value: string;
  readonly tone: Tone;
  readonly isWholeRow: boolean;
}

/** How somebody looks at a table, as it is kept. */
export interface ViewDefinition {
  readonly filter?: FilterGroup;
  readonly sort?: readonly string[];
  readonly group?: string;
  readonly columns: ColumnState;
  readonly colours: readonly ColourRule[];
}

const MAX_RULES = 20;

/** What a kept view says that this program understands; whatever else it says is left out. */
export function readDefinition(
  given: Readonly<Record<string, unknown>>,
  initial: ColumnState,
): ViewDefinition & { readonly search: TableSearch } {
  const filter = readFilter(given['filter']);
  const search = readTableSearch({ filter, sort: given['sort'], group: given['group'] });
  return { ...search, search, columns: readColumns(given['columns'], initial), colours: readColours(given['colours']) };
}

function readColumns(given: unknown, initial: ColumnState): ColumnState {
  if (typeof given !== 'object' || given === null) return initial;
  const said = given as Readonly<Record<string, unknown>>;
  const widths = typeof said['widths'] === 'object' && said['widths'] !== null ? Object.entries(said['widths']) : [];
  const { frozen } = said;
  return {
    order: 'order' in said ? names(said['order']) : initial.order,
    hidden: names(said['hidden']),
    widths: Object.fromEntries(widths.filter(([, width]) => typeof width === 'number')),
    frozen: typeof frozen === 'number' && frozen >= 0 ? Math.trunc(frozen) : 0,
  };
}

function names(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((name) => typeof name === 'string') : [];
}

function readColours(given: unknown): readonly ColourRule[] {
  if (!Array.isArray(given)) return [];
  return given.slice(0, MAX_RULES).flatMap((rule: unknown): readonly ColourRule[] => {
    if (typeof rule !== 'object' || rule === null) return [];
    const said = rule as Readonly<Record<string, unknown>>;
    const op = COMPARISONS.find((name) => name === said['op']);
    const tone = TONES.find((name) => name === said['tone']);
    if (op === undefined || tone === undefined || typeof said['field'] !== 'string') return [];
    const value = typeof said['value'] === 'string' ? said['value'] : '';
    return [{ field: said['field'], op, tone, value, isWholeRow: said['isWholeRow'] === true }];
  });
}

/** The first rule that holds decides. */
export function toneBy(
  rules: readonly ColourRule[],
): (row: GridRow, field: { readonly id: string } | undefined) => Tone | undefined {
  return (row, field) =>
    rules.find((rule) => {
      const isAbout = rule.isWholeRow ? field === undefined : rule.field === field?.id;
      return isAbout && row.group === undefined && holds(rule, row.values[rule.field] ?? null);
    })?.tone;
}

const NUMBER = /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/;

function holds({ op, value }: ColourRule, found: string | null): boolean {
  if (op === 'isNull' || op === 'isNotNull') return (found === null) === (op === 'isNull');
  if (found === null) return op === 'neq';
  if (op === 'contains') return found.toLowerCase().includes(value.toLowerCase());
  if (op === 'startsWith') return found.toLowerCase().startsWith(value.toLowerCase());
  const isNumeric = NUMBER.test(found) && NUMBER.test(value);
  const order = isNumeric ? Math.sign(Number(found) - Number(value)) : found === value ? 0 : found < value ? -1 : 1;
  const held = { eq: order === 0, neq: order !== 0, gt: order > 0, gte: order >= 0, lt: order < 0, lte: order <= 0 };
  return held[op];
}
