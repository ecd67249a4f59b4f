import type { DomainEvent, SagaFact } from '@ashlar/kernel';
import { z } from 'zod';
import { Policy } from '../../domain/order-events.ts';
import { documentOf } from '../note-facts.ts';
import { baseOf, type CashState, type Invoiced, isConfirmed, isPaid, type Paid, type Parcel } from './cash-state.ts';
import { takeFromHold, withoutTaken } from './issue-lines.ts';

const Amount = z.object({ amount: z.string(), currency: z.string() });
const Size = z.object({ value: z.string(), uom: z.string() });
const PlacedData = z.object({
  number: z.string(),
  tender: z.enum(['online', 'by_hand', 'on_account']),
  isHeld: z.boolean(),
  total: Amount,
  policy: Policy,
  customerId: z.string().nullable(),
  lines: z.array(z.object({ line: z.int(), variantId: z.string(), quantity: Size, isStocked: z.boolean() })),
});
const ParcelData = z.object({
  fulfilmentId: z.string(),
  attempt: z.int(),
  locationId: z.string().nullable(),
  lines: z.array(z.object({ line: z.int(), quantity: Size })),
});
const PaymentData = z.object({ paymentId: z.string(), amount: Amount, isLate: z.boolean().optional() });
const Held = z.object({
  id: z.string(),
  held: z.array(
    z.object({
      line: z.int(),
      itemId: z.string(),
      locationId: z.string(),
      lotId: z.string().nullable(),
      quantity: Size,
    }),
  ),
});
const Document = z.object({ id: z.string(), label: z.string(), total: Amount });
const Billed = z.object({ lines: z.array(z.object({ sourceLine: z.string(), quantity: Size })) });
const Posting = z.object({ id: z.string(), lines: z.array(z.object({ line: z.int(), value: Amount })) });
const Settled = z.object({ settled: z.array(z.object({ invoiceId: z.string(), amount: Amount })) });

/** Takes in one fact; what was known before is not changed by hearing it again. */
export function evolveCash(state: CashState, fact: SagaFact): CashState {
  switch (fact.kind) {
    case 'event':
      return hear(state, fact.event);
    case 'done':
      return after({ ...state, done: { ...state.done, [fact.step]: true } }, fact.step, fact.output);
    case 'refused':
      return refusedStep({ ...state, refused: { ...state.refused, [fact.step]: fact.code } }, fact.step, fact.code);
    case 'due': {
      const passed = { ...state, due: { ...state.due, [fact.deadline]: true as const } };
      return fact.deadline === 'payment' && !isPaid(state) && !isConfirmed(state)
        ? fail(passed, 'cancelled', 'payment_failed')
        : passed;
    }
    case 'undo':
      // What has left comes back by a return.
      return Object.keys(state.parcels).length > 0 ? state : fail(state, 'cancelled', fact.reason);
    case 'settled':
      return settle(state, fact.task);
  }
}

function fail(state: CashState, as: 'cancelled' | 'rejected', reason: string): CashState {
  return { ...state, failure: state.failure ?? { as, reason } };
}

function hear(state: CashState, event: DomainEvent): CashState {
  switch (event.type) {
    case 'order.order.placed': {
      if (state.placed !== null) return state;
      const { isHeld, ...placed } = PlacedData.parse(event.data);
      // Somebody may have let it go on before this was heard.
      return { ...state, placed: { ...placed, at: event.time }, isHeld: isHeld && state.settled['resumed'] !== true };
    }
    case 'order.order.held':
      return { ...state, isHeld: state.placed === null ? state.isHeld : true };
    case 'order.order.resumed':
      return { ...state, isHeld: false, settled: { ...state.settled, resumed: true } };
    case 'order.order.confirmed':
      return { ...state, isHeld: false, settled: { ...state.settled, resumed: true, confirmed: true } };
    case 'order.order.cancel_requested':
      return fail(state, 'cancelled', z.object({ reason: z.string() }).parse(event.data).reason);
    case 'order.fulfilment.ship_requested': {
      const { fulfilmentId, ...parcel } = ParcelData.parse(event.data);
      const known = state.parcels[fulfilmentId];
      if (known !== undefined && known.attempt >= parcel.attempt) return state;
      return putParcel(state, fulfilmentId, { ...parcel, state: 'asked', posting: null });
    }
    case 'order.fulfilment.delivered': {
      const { fulfilmentId } = z.object({ fulfilmentId: z.string() }).parse(event.data);
      const deliveredAt = state.deliveredAt === null || state.deliveredAt < event.time ? event.time : state.deliveredAt;
      const known = state.parcels[fulfilmentId];
      if (known === undefined) return state;
      return { ...putParcel(state, fulfilmentId, { ...known, state: 'delivered' }), deliveredAt };
    }
    case 'billing.invoice.issued':
    case 'billing.invoice.credited':
      return hearDocument(state, event);
    default:
      return event.type.startsWith('billing.payment.') ? hearPayment(state, event) : state;
  }
}

function hearDocument(state: CashState, event: DomainEvent): CashState {
  const told = documentOf(event);
  if (told === null) return state;
  const { documentId, invoiceId, label, total, lines } = told;
  if (invoiceId === null) {
    if (state.invoices[documentId] !== undefined) return state;
    return putInvoice(state, documentId, { total: total.amount, label, lines, note: null });
  }
  const credits = { ...state.credits, [documentId]: { invoiceId, label, total: total.amount } };
  const invoice = state.invoices[invoiceId];
  return invoice === undefined ? { ...state, credits } : putInvoice({ ...state, credits }, invoiceId, invoice);
}

/** Of part of an invoice somebody knows why: less is asked for. Only a note over all of it ends what is asked for. */
function putInvoice(state: CashState, id: string, invoice: Invoiced): CashState {
  const whole = Object.entries(state.credits).find(
    ([, { invoiceId, total }]) => invoiceId === id && total === invoice.total,
  );
  const note = invoice.note ?? (whole === undefined ? null : { id: whole[0], ...whole[1] });
  return { ...state, invoices: { ...state.invoices, [id]: { ...invoice, note } } };
}

const nothing: Paid = { captured: '0', refunded: '0', given: '0', used: {}, isLate: false };

function hearPayment(state: CashState, event: DomainEvent): CashState {
  // Amounts add up, so each is counted once.
  const seen = `event:${event.id}`;
  if (state.settled[seen] === true) return state;
  const { paymentId, amount, isLate } = PaymentData.parse(event.data);
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
    case 'billing.payment.refunded':
      return put({ refunded: (BigInt(known.refunded) + BigInt(amount.amount)).toString() });
    case 'billing.payment.failed': {
      const noted = { ...heard, failed: { ...state.failed, [paymentId]: true as const } };
      if (isPaid(state) || isConfirmed(state) || state.placed?.tender !== 'online') return noted;
      return fail(noted, 'cancelled', 'payment_failed');
    }
    default:
      return heard;
  }
}

function putParcel(state: CashState, id: string, parcel: Parcel): CashState {
  return { ...state, parcels: { ...state.parcels, [id]: parcel } };
}

/** What follows from a step that was done. */
function after(state: CashState, step: string, output: unknown): CashState {
  const [what = '', id = ''] = baseOf(step).split(':');
  switch (what) {
    case 'reserve': {
      const stocked = state.placed?.lines.filter(({ isStocked }) => isStocked) ?? [];
      const { id: holdId, held } = Held.parse(output);
      const lines = held.map(({ line, quantity, ...place }) => ({
        ...place,
        // The stock counts the lines it was given.
        line: stocked[line - 1]?.line ?? 0,
        left: quantity.value,
        uom: quantity.uom,
      }));
      return { ...state, hold: { id: holdId, lines } };
    }
    case 'release':
      return { ...state, hold: null };
    case 'describe':
      return { ...state, bills: { ...state.bills, [id]: z.object({ invoice: z.unknown() }).parse(output).invoice } };
    case 'bill':
      return billed(state, id, Document.parse(output));
    case 'credit': {
      const { id: noteId, label, total } = Document.parse(output);
      const invoice = state.invoices[id];
      if (invoice === undefined) return state;
      const note = { id: noteId, label, total: total.amount };
      return { ...state, invoices: { ...state.invoices, [id]: { ...invoice, note } } };
    }
    case 'pay': {
      const asked = z.object({ id: z.string() }).safeParse(output);
      return asked.success ? { ...state, asked: { ...state.asked, [asked.data.id]: step } } : state;
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
      const [, , invoiceId = '', amount = '0'] = baseOf(step).split(/[:@]/);
      const known = state.payments[id] ?? nothing;
      const { [invoiceId]: _used, ...used } = known.used;
      const given = (BigInt(known.given) + BigInt(amount)).toString();
      return { ...state, payments: { ...state.payments, [id]: { ...known, given, used } } };
    }
    case 'issue': {
      const parcel = state.parcels[id];
      const taken = parcel === undefined ? null : takeFromHold(state, parcel);
      if (parcel === undefined || taken === null || state.hold === null) return state;
      const posting = Posting.parse(output);
      const costs = posting.lines.flatMap(({ line, value }) => {
        const of = taken[line - 1];
        // Stock is worth less by what left.
        return of === undefined ? [] : [{ line: of.held.line, amount: value.amount.replace(/^-/, '') }];
      });
      const issued: Parcel = { ...parcel, state: 'issued', posting: { id: posting.id, costs } };
      const hold = { ...state.hold, lines: withoutTaken(state.hold.lines, taken) };
      return { ...putParcel(state, id, issued), hold };
    }
    case 'shipped': {
      const parcel = state.parcels[id];
      const { orderStatus } = z.object({ orderStatus: z.string() }).parse(output);
      const moved = parcel === undefined ? state : putParcel(state, id, { ...parcel, state: 'shipped' });
      return { ...moved, orderStatus };
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
  const known = state.invoices[invoiceId];
  const invoice = known ?? { total: total.amount, label, lines, note: null };
  // Who buys is known to billing now, and no longer needed here.
  return putInvoice({ ...state, bills: { ...bills, [id]: null } }, invoiceId, invoice);
}

/** What follows from a refusal; what is not named here is a task for somebody. */
function refusedStep(state: CashState, step: string, code: string): CashState {
  const [what, id = ''] = baseOf(step).split(':');
  if (what === 'reserve') return fail(state, 'rejected', code);
  const parcel = state.parcels[id];
  return what === 'issue' && parcel !== undefined ? putParcel(state, id, { ...parcel, state: 'refused' }) : state;
}

/** Somebody has settled a task: what was refused is tried again, and what was undone for it is done anew. */
function settle(state: CashState, task: string): CashState {
  const settled = { ...state, settled: { ...state.settled, [task]: true as const } };
  if (!task.startsWith('fix:')) return settled;
  const step = task.slice('fix:'.length);
  const base = baseOf(step);
  const again = base === 'bill' ? ['bill', 'describe', 'reserve', 'note-reservation', 'release', 'hold'] : [base];
  const { [step]: _code, ...refused } = state.refused;
  const tries = { ...state.tries };
  for (const one of again) tries[one] = (tries[one] ?? 0) + 1;
  return { ...settled, refused, tries, ...(base === 'bill' ? { isHeld: false, bills: {} } : {}) };
}
