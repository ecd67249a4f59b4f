import type { Policy } from '../../domain/order-events.ts';

/** Amounts are minor units and quantities plain decimals, both as texts: the state is JSON. */
export interface Placed {
  readonly number: string;
  readonly tender: 'online' | 'by_hand' | 'on_account';
  readonly total: { readonly amount: string; readonly currency: string };
  readonly policy: Policy;
  readonly customerId: string | null;
  readonly lines: readonly PlacedLine[];
  /** Of credit notes of an earlier order, set aside to pay this one. */
  readonly credits: readonly { readonly creditNoteId: string; readonly amount: string }[];
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
  /** Neither issued nor given up. */
  readonly left: string;
  /** Of what is left, what is still to come into the stock. */
  readonly promised: string;
  readonly uom: string;
}

export interface Invoiced {
  readonly total: string;
  readonly label: string;
  readonly lines: readonly { readonly line: number; readonly invoiceLine: number; readonly quantity: string }[];
  /** What took it back, all of it or some. */
  readonly notes: readonly Note[];
  /** What of it credit notes settle, its own and others. */
  readonly credited: string;
}

export interface Note {
  readonly id: string;
  readonly label: string;
  readonly total: string;
  /** What of it settled its own invoice when it was issued, and what was given back for it or settled others since. */
  readonly settled: string;
  readonly used: string;
  /** Of the invoice, by its numbers. */
  readonly lines: readonly { readonly line: number; readonly quantity: string }[];
  /** The change it was made for, or `all`; null: somebody else made it and knows why. */
  readonly of: string | null;
}

export interface EarlyNote extends Omit<Note, 'id' | 'used' | 'of'> {
  readonly invoiceId: string;
}

/** Something of the order is to be added or cancelled. */
export interface Change {
  readonly reason: string;
  readonly at: string;
  readonly isPaymentNeeded: boolean;
  readonly added: readonly PlacedLine[];
  readonly cancelled: readonly { readonly line: number; readonly quantity: string }[];
  readonly addedTotal: string;
  readonly cancelledTotal: string;
  readonly isApplied: boolean;
  /** Why it comes to nothing, once that is known. */
  readonly ended: string | null;
  /** What it takes back of which invoice, once that is known. */
  readonly credits: readonly CreditWish[] | null;
  /** What it was asked for. */
  readonly payment: { readonly id: string; readonly amount: string } | null;
}

export interface CreditWish {
  readonly invoiceId: string;
  readonly lines: readonly { readonly line: number; readonly quantity: string }[];
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
  readonly payments: Readonly<Record<string, Paid>>;
  /** Credit notes over invoices that were not heard of yet, as they were told. */
  readonly early: Readonly<Record<string, EarlyNote>>;
  /** Payments that were asked for and have not come to an end of their own. */
  readonly requested: Readonly<Record<string, true>>;
  /** Which step asked for a payment. */
  readonly asked: Readonly<Record<string, string>>;
  readonly parcels: Readonly<Record<string, Parcel>>;
  readonly changes: Readonly<Record<string, Change>>;
  /** What the order comes to now, and quantities that are wanted, by line; null: as it was placed. */
  readonly worth: string | null;
  readonly wanted: Readonly<Record<string, string>> | null;
  /** What is still to come into the stock, by place of the hold: told before or after the hold itself. */
  readonly promised: Readonly<Record<string, string>>;
  /** How often something that was promised has come. */
  readonly coverings: number;
  /** Payments that came to nothing. */
  readonly failed: Readonly<Record<string, true>>;
  /** What of the credits that pay this order settles its invoices. */
  readonly creditUsed: Readonly<Record<string, string>>;
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
    payments: {},
    early: {},
    requested: {},
    asked: {},
    parcels: {},
    changes: {},
    worth: null,
    wanted: null,
    promised: {},
    coverings: 0,
    failed: {},
    creditUsed: {},
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

/** From here on goods may leave: whatever becomes of the money, nothing is undone for its sake any more. */
export function isConfirmed(state: CashState): boolean {
  return isDone(state, 'confirm') || state.settled['confirmed'] === true || Object.keys(state.parcels).length > 0;
}

/** Whether the customer owes it, whatever the policy says of capturing. */
export function isOnAccount({ placed }: CashState): boolean {
  return placed?.tender === 'on_account';
}

/** Changes that are neither applied nor given up. */
export function openChanges({ changes }: CashState): readonly (readonly [id: string, change: Change])[] {
  return Object.entries(changes).filter(([, { isApplied, ended }]) => !isApplied && ended === null);
}

/** It is not going to be; the first reason counts. */
export function fail(state: CashState, as: 'cancelled' | 'rejected', reason: string): CashState {
  return { ...state, failure: state.failure ?? { as, reason } };
}
