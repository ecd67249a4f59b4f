import { brandedId } from '@ashlar/kernel';
import type { z } from 'zod';

export const AccountId = brandedId('AccountId');
export type AccountId = z.output<typeof AccountId>;
export const JournalId = brandedId('JournalId');
export type JournalId = z.output<typeof JournalId>;
export const TaxRateId = brandedId('TaxRateId');
export type TaxRateId = z.output<typeof TaxRateId>;
/** Of an invoice or a credit note. */
export const InvoiceId = brandedId('InvoiceId');
export type InvoiceId = z.output<typeof InvoiceId>;
export const PaymentId = brandedId('PaymentId');
export type PaymentId = z.output<typeof PaymentId>;
export const ProviderId = brandedId('ProviderId');
export type ProviderId = z.output<typeof ProviderId>;
/** Something asked of a provider, and the key it is asked for with. */
export const ProviderOrderId = brandedId('ProviderOrderId');
export type ProviderOrderId = z.output<typeof ProviderOrderId>;
export const MoneyMoveId = brandedId('MoneyMoveId');
export const AllocationId = brandedId('AllocationId');
/** Whoever owes or is owed: the customer's id in the customers' suite. */
export const PartyId = brandedId('PartyId');
export type PartyId = z.output<typeof PartyId>;
export const WaitingJournalId = brandedId('WaitingJournalId');
