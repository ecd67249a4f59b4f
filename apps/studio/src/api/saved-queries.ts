import { send } from './send.ts';

/** SQL somebody keeps: for themselves, or for everybody with a role in the project. */
export interface SavedQuery {
  readonly id: string;
  readonly name: string;
  readonly sql: string;
  readonly shared: boolean;
  readonly version: number;
  readonly updated_at: string;
  /** Address of who made it. */
  readonly owner: string;
  readonly own: boolean;
}

export type SavedQueryInput = Pick<SavedQuery, 'name' | 'sql' | 'shared'>;

const pathOf = (ref: string, id?: string): string =>
  `/control/v1/projects/${encodeURIComponent(ref)}/queries${id === undefined ? '' : `/${id}`}`;

export const savedQueries = {
  list: (ref: string) => send<readonly SavedQuery[]>(pathOf(ref)),
  add: (ref: string, query: SavedQueryInput) => send<SavedQuery>(pathOf(ref), { method: 'POST', body: query }),
  change: (ref: string, id: string, query: SavedQueryInput & { readonly version: number }) =>
    send<SavedQuery>(pathOf(ref, id), { method: 'PUT', body: query }),
  remove: (ref: string, id: string) => send(pathOf(ref, id), { method: 'DELETE' }),
};
