import type { Transaction } from '@ashlar/postgres';
import { STRUCTURE_QUERY } from './structure-query.ts';
import type { Structure } from './structure.ts';

/**
 * What a database consists of, apart from the server's own schemas.
 *
 * @param tx With an empty `search_path`, so that every type is spelled with its schema.
 * @param schemas Only these; null: all.
 */
export async function readStructure(tx: Transaction, schemas: readonly string[] | null = null): Promise<Structure> {
  const { rows } = await tx.query<{ kind: keyof Structure; items: unknown[] | null }>(STRUCTURE_QUERY, [schemas]);
  // The query has one row for each member of the type.
  return Object.fromEntries(rows.map(({ kind, items }) => [kind, items ?? []])) as unknown as Structure;
}
