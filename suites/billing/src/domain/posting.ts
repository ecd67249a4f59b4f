import type { Purpose } from './chart-of-accounts.ts';

/** One side of a journal, to the account that serves a purpose. Above zero is a debit, below a credit. */
export interface Entry {
  readonly purpose: Purpose;
  readonly amountMinor: bigint;
  readonly partyId?: string | null;
}

export interface DocumentSums {
  readonly itemsMinor: bigint;
  readonly shippingMinor: bigint;
  readonly taxMinor: bigint;
  readonly roundingMinor: bigint;
  readonly partyId: string | null;
}

/** What an issued invoice does to the books. A credit note does the opposite. */
export function entriesOfInvoice({
  itemsMinor,
  shippingMinor,
  taxMinor,
  roundingMinor,
  partyId,
}: DocumentSums): Entry[] {
  const total = itemsMinor + shippingMinor + taxMinor + roundingMinor;
  return [
    { purpose: 'receivable', amountMinor: total, partyId },
    { purpose: 'sales', amountMinor: -itemsMinor },
    { purpose: 'shipping', amountMinor: -shippingMinor },
    { purpose: 'tax_payable', amountMinor: -taxMinor },
    { purpose: 'rounding', amountMinor: -roundingMinor },
  ];
}

export type PaidBy = 'cash' | 'bank' | 'card' | 'wallet' | 'cheque';

/** Where money of a method lies. */
function purposeOfMethod(method: PaidBy): Purpose {
  if (method === 'cash') return 'cash';
  return method === 'bank' || method === 'cheque' ? 'bank' : 'card';
}

/** Money came in: the party has it to its credit until it settles something. */
export function entriesOfReceipt(method: PaidBy, amountMinor: bigint, partyId: string | null): Entry[] {
  return [
    { purpose: purposeOfMethod(method), amountMinor },
    { purpose: 'deposits', amountMinor: -amountMinor, partyId },
  ];
}

/** What a party had to its credit settles what it owes. */
export function entriesOfAllocation(amountMinor: bigint, partyId: string | null): Entry[] {
  return [
    { purpose: 'deposits', amountMinor, partyId },
    { purpose: 'receivable', amountMinor: -amountMinor, partyId },
  ];
}

export function entriesOfWriteOff(amountMinor: bigint, partyId: string | null): Entry[] {
  return [
    { purpose: 'write_off', amountMinor },
    { purpose: 'receivable', amountMinor: -amountMinor, partyId },
  ];
}

export function reversed(entries: readonly Entry[]): Entry[] {
  return entries.map((entry) => ({ ...entry, amountMinor: -entry.amountMinor }));
}
