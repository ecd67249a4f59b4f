import { commonErrors } from '@ashlar/kernel';
import type { Payment } from '../domain/payment.ts';
import type { BillingDb, PaymentMethod } from './tables.ts';
import { touched } from '@ashlar/kernel/touched';

export interface PaymentRow extends Payment {
  readonly method: PaymentMethod;
  readonly provider: string;
  readonly providerRef: string | null;
  readonly partyId: string | null;
  readonly source: { readonly type: string; readonly id: string } | null;
}

/** A payment, held until the transaction ends. @throws {AshlarError} `common.not_found` */
export async function lockPayment(db: BillingDb, id: string): Promise<PaymentRow> {
  const row = await db.selectFrom('billing.payments').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
  if (row === undefined) throw commonErrors.notFound({ what: 'payment', id });
  return {
    id,
    method: row.method,
    provider: row.provider,
    providerRef: row.provider_ref,
    partyId: row.party_id,
    source: row.source_type === null ? null : { type: row.source_type, id: row.source_id ?? '' },
    amountMinor: row.amount,
    state: row.state,
    authorisedMinor: row.authorised,
    capturedMinor: row.captured,
    refundedMinor: row.refunded,
    promisedMinor: row.promised,
    allocatedMinor: row.allocated,
  };
}

/** Writes what became of a payment; what it settles is written by the allocations themselves. */
export async function savePayment(db: BillingDb, payment: PaymentRow, failure?: string): Promise<void> {
  await db
    .updateTable('billing.payments')
    .set({
      provider_ref: payment.providerRef,
      state: payment.state,
      authorised: payment.authorisedMinor,
      captured: payment.capturedMinor,
      refunded: payment.refundedMinor,
      promised: payment.promisedMinor,
      ...(failure === undefined ? {} : { failure }),
      ...touched,
    })
    .where('id', '=', payment.id)
    .execute();
}
