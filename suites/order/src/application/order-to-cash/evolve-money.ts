import type { DomainEvent } from '@ashlar/kernel';
import { microsText, parseMicros } from '@ashlar/kernel/values';
import { z } from 'zod';
import { documentOf } from '../note-facts.ts';
import { type CashState, fail, type Invoiced, isConfirmed, openChanges, type Paid } from './cash-state.ts';
import { endChange } from './evolve-change.ts';
import { isPaid, smaller } from './money.ts';

const Amount = z.object({ amount: z.string(), currency: z.string() });
const Size = z.object({ value: z.string(), uom: z.string() });
const PaymentData = z.object({
  paymentId: z.string(),
  amount: Amount,
  isLate: z.boolean().optional(),
  creditNoteId: z.string().nullish(),
});
const Document = z.object({ id: z.string(), label: z.string(), total: Amount, settled: Amount.optional() });
const Billed = z.object({ lines: z.array(z.object({ sourceLine: z.string(), quantity: Size })) });
const Settled = z.object({ settled: z.array(z.object({ invoiceId: z.string(), amount: Amount })) });

export function hearDocument(state: CashState, event: DomainEvent): CashState {
  const told = documentOf(event);
  if (told === null) return state;
  const { documentId, invoiceId, label, total, lines } = told;
  if (invoiceId === null) {
    if (state.invoices[documentId] !== undefined) return state;
    return putInvoice(state, documentId, { total: total.amount, label, lines });
  }
  const { settled } = z.object({ settled: Amount.optional() }).parse(event.data);
  const taken = lines.map(({ invoiceLine: line, quantity }) => ({ line, quantity }));
  const note = { label, total: total.amount, settled: settled?.amount ?? '0', lines: taken };
  const invoice = state.invoices[invoiceId];
  if (invoice === undefined) return { ...state, early: { ...state.early, [documentId]: { ...note, invoiceId } } };
  return putNote(state, invoiceId, invoice, { ...note, id: documentId }, null);
}

/** An invoice, with what was told of it before. */
function putInvoice(state: CashState, id: string, invoice: Pick<Invoiced, 'total' | 'label' | 'lines'>): CashState {
  const notes = Object.entries(state.early)
    .filter(([, { invoiceId }]) => invoiceId === id)
    .map(([noteId, { invoiceId: _of, ...note }]) => ({ ...note, id: noteId, used: '0', of: null }));
  const credited = notes.reduce((total, { settled }) => total + BigInt(settled), 0n).toString();
  return { ...state, invoices: { ...state.invoices, [id]: { ...invoice, notes, credited } } };
}

/** A credit note, as told or as this process made it: whichever was first. */
function putNote(
  state: CashState,
  invoiceId: string,
  invoice: Invoiced,
  note: Omit<Invoiced['notes'][number], 'used' | 'of'>,
  of: string | null,
): CashState {
  const known = invoice.notes.find(({ id }) => id === note.id);
  const put = (change: Partial<Invoiced>): CashState => ({
    ...state,
    invoices: { ...state.invoices, [invoiceId]: { ...invoice, ...change } },
  });
  if (known !== undefined) {
    const notes = invoice.notes.map((one) => (one === known ? { ...one, of: one.of ?? of } : one));
    return of === null ? state : put({ notes });
  }
  const credited = (BigInt(invoice.credited) + BigInt(note.settled)).toString();
  return put({ notes: [...invoice.notes, { ...note, used: '0', of }], credited });
}

/** So much of a payment was given back for a credit note, which settles as much in place of it. */
function swapForNote(state: CashState, paymentId: string, noteId: string, amount: bigint): CashState {
  const found = Object.entries(state.invoices).find(([, { notes }]) => notes.some(({ id }) => id === noteId));
  const paid = state.payments[paymentId];
  if (found === undefined || paid === undefined) return state;
  const [invoiceId, invoice] = found;
  const used = BigInt(paid.used[invoiceId] ?? '0');
  const freed = smaller(used, amount);
  const notes = invoice.notes.map((one) =>
    one.id === noteId ? { ...one, used: (BigInt(one.used) + amount).toString() } : one,
  );
  const credited = (BigInt(invoice.credited) + freed).toString();
  return {
    ...state,
    invoices: { ...state.invoices, [invoiceId]: { ...invoice, notes, credited } },
    payments: {
      ...state.payments,
      [paymentId]: { ...paid, used: { ...paid.used, [invoiceId]: (used - freed).toString() } },
    },
  };
}

const nothing: Paid = { captured: '0', refunded: '0', given: '0', used: {}, isLate: false };

export function hearPayment(state: CashState, event: DomainEvent): CashState {
  // Amounts add up, so each is counted once.
  const seen = `event:${event.id}`;
  if (state.settled[seen] === true) return state;
  const { paymentId, amount, isLate, creditNoteId } = PaymentData.parse(event.data);
  const heard: CashState = { ...state, settled: { ...state.settled, [seen]: true } };
  const known = state.payments[paymentId] ?? nothing;
  const put = (change: Partial<Paid>): CashState => ({
    ...heard,
    payments: { ...state.payments, [paymentId]: { ...known, ...change } },
  });
  switch (event.type) {
    case 'billing.payment.captured':
      return put({
        captured: (BigInt(known.captured) + BigInt(amount.amount)).toString(),
        isLate: known.isLate || isLate === true || state.failure !== null,
      });
    case 'billing.payment.refunded': {
      const told = put({ refunded: (BigInt(known.refunded) + BigInt(amount.amount)).toString() });
      const isOfOthers = Object.values(state.invoices).some(({ notes }) =>
        notes.some(({ id, of }) => id === creditNoteId && of === null),
      );
      return isOfOthers ? swapForNote(told, paymentId, creditNoteId ?? '', BigInt(amount.amount)) : told;
    }
    case 'billing.payment.refund_failed':
      return { ...heard, refused: { ...heard.refused, [`give-back:${paymentId}`]: 'refund_failed' } };
    case 'billing.payment.failed': {
      const { [paymentId]: _over, ...requested } = state.requested;
      const failed = { ...heard, requested, failed: { ...state.failed, [paymentId]: true as const } };
      const ofChange = openChanges(state).find(([, { payment }]) => payment?.id === paymentId);
      if (ofChange !== undefined) return endChange(failed, ofChange[0], 'payment_failed');
      // Once it is confirmed its goods leave: then somebody has to see where the money stays.
      const mayEnd = state.placed?.tender === 'online' && !isConfirmed(state);
      return isPaid(state) || !mayEnd ? failed : fail(failed, 'cancelled', 'payment_failed');
    }
    default:
      return heard;
  }
}

/** What follows from a step that moved money or made a document; its name without the count. */
export function afterMoney(state: CashState, step: string, output: unknown): CashState {
  const [what = '', id = ''] = step.split(':');
  switch (what) {
    case 'bill':
      return billed(state, id, Document.parse(output));
    case 'credit': {
      const [, , changeId = 'all'] = step.split(':');
      const { id: noteId, label, total, settled } = Document.parse(output);
      const invoice = state.invoices[id];
      if (invoice === undefined) return state;
      const wished = state.changes[changeId]?.credits?.find(({ invoiceId }) => invoiceId === id);
      const lines = wished?.lines ?? leftLines(invoice);
      const note = { id: noteId, label, total: total.amount, settled: settled?.amount ?? '0', lines };
      return putNote(state, id, invoice, note, changeId);
    }
    case 'use-credit': {
      const [, , invoiceId = '', amount = '0'] = step.split(':');
      return useCredit(state, id, invoiceId, BigInt(amount));
    }
    case 'allocate': {
      const known = state.payments[id] ?? nothing;
      const used: Record<string, string> = { ...known.used };
      for (const { invoiceId, amount } of Settled.parse(output).settled) {
        used[invoiceId] = (BigInt(used[invoiceId] ?? '0') + BigInt(amount.amount)).toString();
      }
      return { ...state, payments: { ...state.payments, [id]: { ...known, used } } };
    }
    case 'refund': {
      const [, , noteId = '', amount = '0'] = step.split(':');
      const known = state.payments[id] ?? nothing;
      const given = (BigInt(known.given) + BigInt(amount)).toString();
      const after = { ...state, payments: { ...state.payments, [id]: { ...known, given } } };
      return swapForNote(after, id, noteId, BigInt(amount));
    }
    default:
      return state;
  }
}

function billed(state: CashState, id: string, { id: invoiceId, label, total }: z.output<typeof Document>): CashState {
  const { [id]: bill, ...bills } = state.bills;
  const lines = Billed.parse(bill).lines.map(({ sourceLine, quantity }, index) => ({
    line: Number(sourceLine),
    invoiceLine: index + 1,
    quantity: quantity.value,
  }));
  // Who buys is known to billing now, and no longer needed here.
  const after = { ...state, bills: { ...bills, [id]: null } };
  return state.invoices[invoiceId] === undefined
    ? putInvoice(after, invoiceId, { total: total.amount, label, lines })
    : after;
}

/** What of an invoice's lines is not taken back, by its numbers. */
function leftLines({ lines, notes }: Invoiced): Invoiced['notes'][number]['lines'] {
  const taken = notes.flatMap((note) => note.lines);
  return lines.flatMap(({ invoiceLine: line, quantity }) => {
    const gone = taken.filter((one) => one.line === line).reduce((total, one) => total + parseMicros(one.quantity), 0n);
    const left = parseMicros(quantity) - gone;
    return left > 0n ? [{ line, quantity: microsText(left) }] : [];
  });
}

/** A credit note settles another invoice than its own. */
function useCredit(state: CashState, noteId: string, invoiceId: string, amount: bigint): CashState {
  const add = (text: string | undefined): string => (BigInt(text ?? '0') + amount).toString();
  const ofOwn = Object.values(state.invoices).some(({ notes }) => notes.some(({ id }) => id === noteId));
  const invoices = Object.fromEntries(
    Object.entries(state.invoices).map(([id, invoice]) => {
      const notes = invoice.notes.map((note) => (note.id === noteId ? { ...note, used: add(note.used) } : note));
      return [id, { ...invoice, notes, credited: id === invoiceId ? add(invoice.credited) : invoice.credited }];
    }),
  );
  if (ofOwn) return { ...state, invoices };
  return { ...state, invoices, creditUsed: { ...state.creditUsed, [noteId]: add(state.creditUsed[noteId]) } };
}
