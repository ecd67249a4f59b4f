import type { Policy } from '../../domain/order-events.ts';

/** Amounts are minor units and quantities plain decimals, both as texts: the state is JSON. */
export interface Placed {
  readonly number: string;
  readonly tender: 'online' | 'by_hand' | 'on_account';
  readonly total: { readonly amount: string; readonly currency: string };
  readonly policy: Policy;
  readonly customerId: string | null;
  readonly lines: readonly PlacedLine[];
  readonly at: string;
}

export interface PlacedLine {
  readonly line: number;
  readonly variantId: string;
  readonly quantity: { readonly value: string; readonly uom: string };
  readonly isStocked: boolean;
}

export interface HeldLine {
  /** Of the order. */
  readonly line: number;
  readonly itemId: string;
  readonly locationId: string;
  readonly lotId: string | null;
  readonly left: string;
  readonly uom: string;
}

export interface Invoiced {
  readonly total: string;
  readonly label: string;
  readonly lines: readonly { readonly line: number; readonly invoiceLine: number; readonly quantity: string }[];
  /** What took back all that was left of it. */
  readonly note: { readonly id: string; readonly label: string; readonly total: string } | null;
}

export interface Paid {
  readonly captured: string;
  /** As told, and as given back by this process: one is often ahead of the other. */
  readonly refunded: string;
  readonly given: string;
  /** What it settles, by invoice. */
  readonly used: Readonly<Record<string, string>>;
  /** Came when nobody waited for it any more. */
  readonly isLate: boolean;
}

export interface Parcel {
  readonly attempt: number;
  readonly state: 'asked' | 'issued' | 'shipped' | 'delivered' | 'refused';
  readonly locationId: string | null;
  readonly lines: readonly { readonly line: number; readonly quantity: { readonly value: string } }[];
  readonly posting: { readonly id: string; readonly costs: readonly { line: number; amount: string }[] } | null;
}

/** All that is known of one order on its way to money. Facts come in any order; nothing here depends on it. */
export interface CashState {
  readonly orderId: string;
  readonly placed: Placed | null;
  readonly isHeld: boolean;
  /** Why it is not going to be, once that is known. */
  readonly failure: { readonly as: 'cancelled' | 'rejected'; readonly reason: string } | null;
  /** Steps that were done, by name. */
  readonly done: Readonly<Record<string, true>>;
  /** Steps that were refused and nobody has settled yet: code by name. */
  readonly refused: Readonly<Record<string, string>>;
  /** How often somebody settled a refused step, by its name without the count. */
  readonly tries: Readonly<Record<string, number>>;
  readonly settled: Readonly<Record<string, true>>;
  readonly hold: { readonly id: string; readonly lines: readonly HeldLine[] } | null;
  /** What to bill, by the step that asked for it. */
  readonly bills: Readonly<Record<string, unknown>>;
  readonly invoices: Readonly<Record<string, Invoiced>>;
  /** Credit notes over part of an invoice, as after a return, and those whose invoice was not heard of yet. */
  readonly credits: Readonly<
    Record<string, { readonly invoiceId: string; readonly label: string; readonly total: string }>
  >;
  readonly payments: Readonly<Record<string, Paid>>;
  /** Which step asked for a payment, and which of them failed: either may be heard of first. */
  readonly asked: Readonly<Record<string, string>>;
  readonly failed: Readonly<Record<string, true>>;
  readonly parcels: Readonly<Record<string, Parcel>>;
  readonly orderStatus: string;
  readonly deliveredAt: string | null;
  /** Deadlines that have passed. */
  readonly due: Readonly<Record<string, true>>;
}

export function beginCash(orderId: string): CashState {
  return {
    orderId,
    placed: null,
    isHeld: false,
    failure: null,
    done: {},
    refused: {},
    tries: {},
    settled: {},
    hold: null,
    bills: {},
    invoices: {},
    credits: {},
    payments: {},
    asked: {},
    failed: {},
    parcels: {},
    orderStatus: 'placed',
    deliveredAt: null,
    due: {},
  };
}

/** A step's name, with the count of those that were refused and settled before it. */
export function nameOf({ tries }: Pick<CashState, 'tries'>, base: string): string {
  const count = tries[base] ?? 0;
  return count === 0 ? base : `${base}~${count}`;
}

export function baseOf(name: string): string {
  return name.split('~', 1)[0] ?? name;
}

export function isDone(state: CashState, base: string): boolean {
  return state.done[nameOf(state, base)] === true;
}

export function isRefused(state: CashState, base: string): boolean {
  return state.refused[nameOf(state, base)] !== undefined;
}

const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((total, amount) => total + amount, 0n);
const larger = (one: bigint, other: bigint): bigint => (one > other ? one : other);

/** What of a payment has come and not gone back. */
export function leftOf({ captured, refunded, given }: Paid): bigint {
  return BigInt(captured) - larger(BigInt(refunded), BigInt(given));
}

export function usedOf({ used }: Paid): bigint {
  return sum(Object.values(used).map(BigInt));
}

/** What of an invoice nobody took back. */
export function standingOf({ invoices, credits }: CashState, invoiceId: string): bigint {
  const { total = '0', note = null } = invoices[invoiceId] ?? {};
  const others = Object.entries(credits).filter(([id, of]) => of.invoiceId === invoiceId && id !== note?.id);
  return BigInt(total) - BigInt(note?.total ?? '0') - sum(others.map(([, of]) => BigInt(of.total)));
}

/** What is asked for: what was invoiced, or the order's total before that. */
export function dueOf(state: CashState): bigint {
  const invoiceIds = Object.keys(state.invoices);
  if (invoiceIds.length === 0) return BigInt(state.placed?.total.amount ?? '0');
  return sum(invoiceIds.map((id) => standingOf(state, id)));
}

/** What is there beyond what is asked for; below zero: what is missing. */
export function surplusOf(state: CashState): bigint {
  return sum(Object.values(state.payments).map(leftOf)) - dueOf(state);
}

/** Whether as much money is there as is asked for. */
export function isPaid(state: CashState): boolean {
  return surplusOf(state) >= 0n;
}

/** From here on goods may leave: whatever becomes of the money, nothing is undone for its sake any more. */
export function isConfirmed(state: CashState): boolean {
  return isDone(state, 'confirm') || state.settled['confirmed'] === true || Object.keys(state.parcels).length > 0;
}

/** Whether the customer owes it, whatever the policy says of capturing. */
export function isOnAccount({ placed }: CashState): boolean {
  return placed?.tender === 'on_account';
}
