import type { PaymentRow } from './payments.ts';
import type { BillingDb, CaptureManner, ProviderOrderKind } from './tables.ts';

export interface NewProviderOrder {
  readonly id: string;
  readonly paymentId: string;
  readonly providerId: string;
  readonly kind: ProviderOrderKind;
  /** Null: all there is. */
  readonly amountMinor: bigint | null;
  readonly at: Date;
  readonly capture?: CaptureManner | undefined;
  readonly paymentMethod?: string | undefined;
  readonly returnUrl?: string | undefined;
  readonly creditNoteId?: string | undefined;
  readonly reason?: string | undefined;
}

export async function addProviderOrder(db: BillingDb, order: NewProviderOrder): Promise<void> {
  await db
    .insertInto('billing.provider_orders')
    .values({
      id: order.id,
      payment_id: order.paymentId,
      provider_id: order.providerId,
      kind: order.kind,
      amount: order.amountMinor,
      capture: order.capture ?? null,
      payment_method: order.paymentMethod ?? null,
      return_url: order.returnUrl ?? null,
      credit_note_id: order.creditNoteId ?? null,
      reason: order.reason ?? null,
      failure: null,
      settled_at: null,
      created_at: order.at,
    })
    .execute();
}

/** Who has a payment at hand; undefined: nobody of ours, and what becomes of it is told from outside. */
export async function providerOf(db: BillingDb, paymentId: string): Promise<string | undefined> {
  const row = await db
    .selectFrom('billing.provider_orders')
    .select('provider_id')
    .where('payment_id', '=', paymentId)
    .where('kind', '=', 'charge')
    .executeTakeFirst();
  return row?.provider_id;
}

/** A part of what went back, and what it was asked back for. */
export interface PromiseKept {
  readonly amountMinor: bigint;
  readonly creditNoteId: string | null;
  readonly reason: string | null;
}

/** Takes down that so much of what was promised is given back, the first promise first. */
export async function keepPromises(
  db: BillingDb,
  { id: paymentId }: Pick<PaymentRow, 'id'>,
  amountMinor: bigint,
): Promise<readonly PromiseKept[]> {
  if (amountMinor === 0n) return [];
  const rows = await db
    .selectFrom('billing.provider_orders')
    .select(['id', 'amount', 'returned', 'credit_note_id', 'reason'])
    .where('payment_id', '=', paymentId)
    .where('kind', '=', 'refund')
    .where('state', '<>', 'refused')
    .whereRef('returned', '<', 'amount')
    .orderBy('id')
    .forUpdate()
    .execute();
  let left = amountMinor;
  const kept: PromiseKept[] = [];
  for (const { id, amount, returned, credit_note_id: creditNoteId, reason } of rows) {
    const open = (amount ?? 0n) - returned;
    const part = open < left ? open : left;
    if (part <= 0n) break;
    left -= part;
    kept.push({ amountMinor: part, creditNoteId, reason });
    await db
      .updateTable('billing.provider_orders')
      .set({ returned: returned + part })
      .where('id', '=', id)
      .execute();
  }
  if (left > 0n) throw new Error(`Payment ${paymentId} promised ${left} more than was asked back of it`);
  return kept;
}
