import { send } from './send.ts';

/** A kept way to look at a table. */
export interface TableView {
  readonly id: string;
  readonly name: string;
  readonly definition: Readonly<Record<string, unknown>>;
  readonly shared: boolean;
  readonly default: boolean;
  /** Whether the person who asks made it. */
  readonly own: boolean;
  readonly version: number;
}

export interface ViewedTable {
  readonly schema: string;
  readonly table: string;
}

const pathOf = (ref: string): string => `/control/v1/projects/${encodeURIComponent(ref)}/table-views`;

export const tableViews = {
  list: (ref: string, place: ViewedTable) =>
    send<readonly TableView[]>(`${pathOf(ref)}?${new URLSearchParams({ schema: place.schema, table: place.table })}`),
  add: (
    ref: string,
    view: ViewedTable & { readonly name: string; readonly shared: boolean; readonly definition: object },
  ) => send<TableView>(pathOf(ref), { method: 'POST', body: view }),
  change: (
    ref: string,
    { id, version }: TableView,
    change: {
      readonly name?: string;
      readonly shared?: boolean;
      readonly default?: boolean;
      readonly definition?: object;
    },
  ) => send<TableView>(`${pathOf(ref)}/${id}`, { method: 'PATCH', body: { version, ...change } }),
  remove: (ref: string, { id }: TableView) => send(`${pathOf(ref)}/${id}`, { method: 'DELETE' }),
};
