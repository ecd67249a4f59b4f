import type { SortKey } from '@ashlar/ui/grid';
import { type FilterGroup, readFilter } from './filter.ts';

/** What of a table's view a shared link brings along. */
export interface TableSearch {
  readonly filter?: FilterGroup;
  /** `name.desc`, in order. */
  readonly sort?: readonly string[];
  /** The column rows are put together by. */
  readonly group?: string;
  /** The saved view it began with. */
  readonly view?: string;
}

const MAX_SORTS = 10;

export function readTableSearch(search: Readonly<Record<string, unknown>>): TableSearch {
  const filter = readFilter(search['filter']);
  const { group, view } = search;
  const sort = Array.isArray(search['sort'])
    ? search['sort'].filter((key) => typeof key === 'string' && /\.(asc|desc)$/.test(key)).slice(0, MAX_SORTS)
    : [];
  return {
    ...(filter === undefined ? {} : { filter }),
    ...(sort.length === 0 ? {} : { sort }),
    ...(typeof group === 'string' && group !== '' ? { group } : {}),
    ...(typeof view === 'string' && view !== '' ? { view } : {}),
  };
}

export function sortOf({ sort = [] }: TableSearch): readonly SortKey[] {
  return sort.map((key) => ({ field: key.replace(/\.(asc|desc)$/, ''), isDescending: key.endsWith('.desc') }));
}

export function withSort(search: TableSearch, keys: readonly SortKey[]): TableSearch {
  const sort = keys.map(({ field, isDescending }) => `${field}.${isDescending ? 'desc' : 'asc'}`);
  return { ...without(search, 'sort'), ...(sort.length === 0 ? {} : { sort }) };
}

export function withFilter(search: TableSearch, filter: FilterGroup): TableSearch {
  return { ...without(search, 'filter'), ...(filter.parts.length === 0 ? {} : { filter }) };
}

export function withGroup(search: TableSearch, group: string | null): TableSearch {
  return { ...without(search, 'group'), ...(group === null ? {} : { group }) };
}

function without(search: TableSearch, member: keyof TableSearch): TableSearch {
  return Object.fromEntries(Object.entries(search).filter(([name]) => name !== member));
}
