import type { ProjectDatabase, TransactionOptions } from '@ashlar/postgres';

/** A project's database, and the role that owns what its people make in it. */
export interface OwnedDatabase {
  readonly database: ProjectDatabase;
  readonly ownerRole: string;
}

/** As that role, with an empty search path: every name is spelled out, whatever the role's own settings say. */
export function asOwner(
  { ownerRole }: OwnedDatabase,
  options: Omit<TransactionOptions, 'login' | 'role'>,
): TransactionOptions {
  return { ...options, login: 'owner', role: ownerRole, settings: [['search_path', ''], ...(options.settings ?? [])] };
}
