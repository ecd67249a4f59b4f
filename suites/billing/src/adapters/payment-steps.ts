import { sql } from 'kysely';
import type { BillingDb } from './tables.ts';

export interface PaymentStep {
  readonly publishableKey: string | null;
  readonly clientSecret: string | null;
  readonly visit: string | null;
}

/** What a payer needs to finish a payment. */
export async function keepStep(db: BillingDb, paymentId: string, step: PaymentStep): Promise<void> {
  const row = { publishable_key: step.publishableKey, client_secret: step.clientSecret, visit: step.visit };
  await db
    .insertInto('billing.payment_steps')
    .values({ payment_id: paymentId, ...row })
    .onConflict((conflict) =>
      conflict.columns(['org_id', 'payment_id']).doUpdateSet({ ...row, updated_at: sql<Date>`now()` }),
    )
    .execute();
}

export async function forgetStep(db: BillingDb, paymentId: string): Promise<void> {
  await db.deleteFrom('billing.payment_steps').where('payment_id', '=', paymentId).execute();
}
