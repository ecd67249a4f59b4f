import type { SortKey } from '@ashlar/ui/grid';
import { type FilterGroup, readFilter } from './filter.ts';

/** What of a table's view a shared link brings along. */
export interface TableSearch {
  readonly filter?: FilterGroup;
  /** `name.desc`, in order. */
  readonly sort?: readonly string[];
}

const MAX_SORTS = 10;

export function readTableSearch(search: Readonly<Record<string, unknown>>): TableSearch {
  const filter = readFilter(search['filter']);
  const sort = Array.isArray(search['sort'])
    ? search['sort'].filter((key) => typeof key === 'string' && /\.(asc|desc)$/.test(key)).slice(0, MAX_SORTS)
    : [];
  return { ...(filter === undefined ? {} : { filter }), ...(sort.length === 0 ? {} : { sort }) };
}

export function sortOf({ sort = [] }: TableSearch): readonly SortKey[] {
  return sort.map((key) => ({ field: key.replace(/\.(asc|desc)$/, ''), isDescending: key.endsWith('.desc') }));
}

export function withSort({ filter }: TableSearch, keys: readonly SortKey[]): TableSearch {
  const sort = keys.map(({ field, isDescending }) => `${field}.${isDescending ? 'desc' : 'asc'}`);
  return { ...(filter === undefined ? {} : { filter }), ...(sort.length === 0 ? {} : { sort }) };
}

export function withFilter({ sort }: TableSearch, filter: FilterGroup): TableSearch {
  return { ...(filter.parts.length === 0 ? {} : { filter }), ...(sort === undefined ? {} : { sort }) };
}
