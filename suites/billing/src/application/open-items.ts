import { sql } from 'kysely';
import type { BillingDb } from '../adapters/tables.ts';

/** What a document still asks for, or still gives. */
export interface OpenItem {
  readonly documentId: string;
  readonly kind: 'invoice' | 'credit_note';
  readonly partyId: string | null;
  readonly dueDate: string;
  readonly totalMinor: bigint;
  readonly settledMinor: bigint;
}

export function openMinor({ totalMinor, settledMinor }: OpenItem): bigint {
  return totalMinor - settledMinor;
}

/** Open items of documents, held until the transaction ends; documents that are not issued have none. */
export async function lockOpenItems(db: BillingDb, ids: readonly string[]): Promise<readonly OpenItem[]> {
  const { rows } = await sql<{
    document_id: string;
    kind: 'invoice' | 'credit_note';
    party_id: string | null;
    due_date: string;
    total: bigint;
    settled: bigint;
  }>`select document_id, kind, party_id, due_date, total, settled
    from billing.lock_open_items(${[...new Set(ids)]}::uuid[])`.execute(db);
  return rows.map((row) => ({
    documentId: row.document_id,
    kind: row.kind,
    partyId: row.party_id,
    dueDate: row.due_date,
    totalMinor: row.total,
    settledMinor: row.settled,
  }));
}
