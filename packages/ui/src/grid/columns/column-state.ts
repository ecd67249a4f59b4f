import type { Field } from './field.ts';

/** How a person arranged the columns; plain data, to be kept in a saved view. */
export interface ColumnState {
  readonly order: readonly string[];
  readonly hidden: readonly string[];
  readonly widths: Readonly<Record<string, number>>;
  /** How many of the visible columns stay while the rest scrolls. */
  readonly frozen: number;
}

const MIN_WIDTH = 48;
const MAX_WIDTH = 1200;
const DEFAULT_WIDTH = 160;

/** The arrangement before anybody touched it. */
export function initialColumns(fields: readonly Field[], frozen = 0): ColumnState {
  return { order: fields.map((field) => field.id), hidden: [], widths: {}, frozen };
}

/** The fields a person sees, in order. Fields that came later stand at the end, those that went are skipped. */
export function visibleFields(state: ColumnState, fields: readonly Field[]): readonly Field[] {
  const byId = new Map(fields.map((field) => [field.id, field]));
  const known = new Set(state.order);
  const order = [...state.order, ...fields.map((field) => field.id).filter((id) => !known.has(id))];
  return order.flatMap((id) => (state.hidden.includes(id) ? [] : (byId.get(id) ?? [])));
}

export function widthOf(state: ColumnState, field: Field): number {
  return clampWidth(state.widths[field.id] ?? field.width ?? DEFAULT_WIDTH);
}

function clampWidth(width: number): number {
  return Math.round(Math.min(MAX_WIDTH, Math.max(MIN_WIDTH, width)));
}

export function resizeColumn(state: ColumnState, id: string, width: number): ColumnState {
  return { ...state, widths: { ...state.widths, [id]: clampWidth(width) } };
}

/** Puts a column before another one, or at the end. */
export function moveColumn(
  state: ColumnState,
  fields: readonly Field[],
  id: string,
  before: string | undefined,
): ColumnState {
  if (id === before) return state;
  const all = [...state.order, ...fields.map((field) => field.id).filter((other) => !state.order.includes(other))];
  const rest = all.filter((other) => other !== id);
  const at = before === undefined ? rest.length : rest.indexOf(before);
  return { ...state, order: rest.toSpliced(at === -1 ? rest.length : at, 0, id) };
}

export function hideColumn(state: ColumnState, id: string): ColumnState {
  return state.hidden.includes(id) ? state : { ...state, hidden: [...state.hidden, id] };
}

export function showColumn(state: ColumnState, id: string): ColumnState {
  return { ...state, hidden: state.hidden.filter((other) => other !== id) };
}

export function freezeColumns(state: ColumnState, frozen: number): ColumnState {
  return { ...state, frozen: Math.max(0, frozen) };
}
