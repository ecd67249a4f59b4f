import type { Field } from '../columns/field.ts';
import type { SortKey } from './grid-options.ts';
import type { GridModel } from './grid-model.ts';

/** The order after a person asked once more for this column: up, down, none. */
export function nextSort(sort: readonly SortKey[], field: string, isAdded: boolean): readonly SortKey[] {
  const now = sort.find((key) => key.field === field);
  const others = isAdded ? sort : sort.filter((key) => key.field === field);
  if (now === undefined) return [...(isAdded ? sort : []), { field, isDescending: false }];
  if (now.isDescending) return others.filter((key) => key.field !== field);
  return others.map((key) => (key.field === field ? { field, isDescending: true } : key));
}

/** Asks for another order. */
export function toggleSort(model: GridModel, field: Field, isAdded: boolean): void {
  if (field.type.isSortable) model.options.onSort?.(nextSort(model.options.sort ?? [], field.id, isAdded));
}
