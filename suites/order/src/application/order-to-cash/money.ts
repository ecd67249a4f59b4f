import { parseMicros } from '@ashlar/kernel/values';
import type { CashState, Change, Invoiced, Note, Paid } from './cash-state.ts';

// What is owed and what is there. Minor units throughout.

export const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((total, amount) => total + amount, 0n);
export const larger = (one: bigint, other: bigint): bigint => (one > other ? one : other);
export const smaller = (one: bigint, other: bigint): bigint => (one < other ? one : other);

/** What of a payment has come and not gone back. */
export function leftOf({ captured, refunded, given }: Paid): bigint {
  return BigInt(captured) - larger(BigInt(refunded), BigInt(given));
}

export function usedOf({ used }: Paid): bigint {
  return sum(Object.values(used).map(BigInt));
}

/** Whether what was given back has not arrived yet: a provider takes its time. */
export function isOnItsWay({ refunded, given }: Paid): boolean {
  return BigInt(given) > BigInt(refunded);
}

/** What is left of a credit note to give back, or to settle another invoice with. */
export function openOfNote({ total, settled, used }: Note): bigint {
  return BigInt(total) - BigInt(settled) - BigInt(used);
}

/** What of an invoice is not taken back. */
function standsOf({ total, notes }: Invoiced): bigint {
  return BigInt(total) - sum(notes.map((note) => BigInt(note.total)));
}

function invoicedOf({ invoices }: CashState): bigint {
  return sum(Object.values(invoices).map(standsOf));
}

/** Money that is there, and credit that was set aside. */
export function moneyOf(state: CashState): bigint {
  return sum(Object.values(state.payments).map(leftOf));
}
export function creditOf({ placed }: CashState): bigint {
  return sum((placed?.credits ?? []).map(({ amount }) => BigInt(amount)));
}

/** What the order comes to, less what others have credited: they know why. */
function worthOf({ worth, placed, invoices }: CashState): bigint {
  const foreign = Object.values(invoices).flatMap(({ notes }) => notes.filter((note) => note.of === null));
  return BigInt(worth ?? placed?.total.amount ?? '0') - sum(foreign.map(({ total }) => BigInt(total)));
}

/** Whether all that is wanted is invoiced, whatever came back of it. */
function isAllInvoiced({ wanted, invoices }: CashState): boolean {
  if (wanted === null) return false;
  const invoiced = new Map<number, bigint>();
  for (const { lines, notes } of Object.values(invoices)) {
    for (const { line, invoiceLine, quantity } of lines) {
      const own = notes.filter((note) => note.of !== null).flatMap((note) => note.lines);
      const taken = sum(own.filter((one) => one.line === invoiceLine).map((one) => parseMicros(one.quantity)));
      invoiced.set(line, (invoiced.get(line) ?? 0n) + parseMicros(quantity) - taken);
    }
  }
  return Object.entries(wanted).every(([line, micros]) => (invoiced.get(Number(line)) ?? 0n) >= parseMicros(micros));
}

/** What is asked for: what was invoiced, or what the order comes to before that. */
export function dueOf(state: CashState): bigint {
  return Object.keys(state.invoices).length === 0 ? worthOf(state) : invoicedOf(state);
}

/** What will have been asked for once all that is wanted is invoiced. */
export function dueInAllOf(state: CashState): bigint {
  if (isAllInvoiced(state)) return invoicedOf(state);
  return larger(worthOf(state), invoicedOf(state));
}

/**
 * Whether as much money is there as is asked for. Parcels that are invoiced one by one may come to some cents more than
 * the order: nobody waits for those.
 */
export function isPaid(state: CashState): boolean {
  const due = dueOf(state);
  const asked = Object.keys(state.invoices).length === 0 ? due : smaller(due, worthOf(state));
  return moneyOf(state) + creditOf(state) >= asked;
}

/**
 * Money beyond what is asked for; below zero: what is missing. What credit notes of others have open is no surplus: whoever
 * made them gives it back, or keeps it for the customer.
 */
export function surplusOf(state: CashState): bigint {
  const notes = Object.values(state.invoices).flatMap((invoice) => invoice.notes.filter((note) => note.of === null));
  return moneyOf(state) + creditUsedUp(state) - dueOf(state) - sum(notes.map(openOfNote));
}

/** What of the credit that was set aside pays what is asked for. */
function creditUsedUp(state: CashState): bigint {
  return smaller(creditOf(state), dueOf(state));
}

/** Whether nobody waits for its money: it is there, or somebody has said that goods may leave without it. */
export function isSettled(state: CashState): boolean {
  return isPaid(state) || state.settled['unpaid'] === true;
}

/** What an invoice still asks for. */
export function openOfInvoice({ payments }: CashState, id: string, { total, credited }: Invoiced): bigint {
  const used = sum(Object.values(payments).map((one) => BigInt(one.used[id] ?? '0')));
  return BigInt(total) - used - BigInt(credited);
}

export function deltaOf({ addedTotal, cancelledTotal }: Change): bigint {
  return BigInt(addedTotal) - BigInt(cancelledTotal);
}

/** What changes gave up and customers have not had back: as much of it as is there beyond what is owed. */
export function owedBack(state: CashState): bigint {
  const { changes, payments } = state;
  const owed = Object.entries(changes).map(([id, change]) => {
    if (change.isApplied) {
      const notes = sum(notesOfChange(state, id).map(({ total }) => BigInt(total)));
      return larger(larger(BigInt(change.cancelledTotal), notes) - BigInt(change.addedTotal), 0n);
    }
    // Money that was asked for and came too late.
    return change.ended === null ? 0n : BigInt(change.payment?.amount ?? '0');
  });
  // What had failed was asked for anew, and came in the end as well.
  const late = Object.values(payments).flatMap((paid) => (paid.isLate ? [BigInt(paid.captured)] : []));
  const given = sum(Object.values(payments).map((paid) => BigInt(paid.given)));
  const surplus = moneyOf(state) - larger(dueInAllOf(state) - creditOf(state), 0n);
  return larger(smaller(surplus, sum([...owed, ...late]) - given), 0n);
}

function notesOfChange({ invoices }: CashState, changeId: string): readonly Note[] {
  return Object.values(invoices).flatMap(({ notes }) => notes.filter((note) => note.of === changeId));
}
