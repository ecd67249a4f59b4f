import type { DomainEvent, SagaFact } from '@ashlar/kernel';
import { z } from 'zod';
import { Policy } from '../../domain/order-events.ts';
import { baseOf, type CashState, fail, isConfirmed, openChanges, type Parcel } from './cash-state.ts';
import { afterChange, endChange, hearChange } from './evolve-change.ts';
import { afterMoney, hearDocument, hearPayment } from './evolve-money.ts';
import { coverPlaces, placeHeld } from './held-places.ts';
import { takeFromHold, withoutTaken } from './issue-lines.ts';
import { isPaid } from './money.ts';

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
  credits: z.array(z.object({ creditNoteId: z.string(), amount: z.string() })).default([]),
});
const ParcelData = z.object({
  fulfilmentId: z.string(),
  attempt: z.int(),
  locationId: z.string().nullable(),
  lines: z.array(z.object({ line: z.int(), quantity: Size })),
});
const Posting = z.object({ id: z.string(), lines: z.array(z.object({ line: z.int(), value: Amount })) });
const NowIs = z.object({
  worth: Amount,
  orderStatus: z.string(),
  lines: z.array(z.object({ line: z.int(), wanted: z.string() })),
});

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
      const [what, id = ''] = fact.deadline.split(':');
      if (what === 'change')
        return state.changes[id]?.isPaymentNeeded ? endChange(passed, id, 'payment_failed') : passed;
      const isLate = fact.deadline === 'payment' && !isPaid(state) && !isConfirmed(state);
      return isLate ? fail(passed, 'cancelled', 'payment_failed') : passed;
    }
    case 'undo':
      // What has left comes back by a return.
      return Object.keys(state.parcels).length > 0 ? state : fail(state, 'cancelled', fact.reason);
    case 'settled':
      return settle(state, fact.task);
  }
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
    case 'order.order.change_accepted':
    case 'order.order.change_withdrawn':
      return hearChange(state, event);
    case 'inventory.reservation.covered':
      return coverPlaces(state, event);
    case 'billing.invoice.issued':
    case 'billing.invoice.credited':
      return hearDocument(state, event);
    default:
      return event.type.startsWith('billing.payment.') ? hearPayment(state, event) : state;
  }
}

function putParcel(state: CashState, id: string, parcel: Parcel): CashState {
  return { ...state, parcels: { ...state.parcels, [id]: parcel } };
}

/** What follows from a step that was done. */
function after(state: CashState, step: string, output: unknown): CashState {
  const [what = '', id = ''] = baseOf(step).split(':');
  switch (what) {
    case 'reserve':
      return placeHeld(state, output);
    case 'note-reservation':
      return nowIs(state, output);
    case 'release':
      return { ...state, hold: null };
    case 'apply':
    case 'reject':
      return nowIs(afterChange(state, what, id, output), output);
    case 'admit':
    case 'shrink':
    case 'unreserve':
    case 'find-credits':
      return afterChange(state, what, id, output);
    case 'pay':
      return afterChange(askedFor(state, step, output), what, id, output);
    case 'describe':
      return { ...state, bills: { ...state.bills, [id]: z.object({ invoice: z.unknown() }).parse(output).invoice } };
    case 'bill':
    case 'credit':
    case 'use-credit':
    case 'allocate':
    case 'refund':
      return afterMoney(state, baseOf(step), output);
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

function askedFor(state: CashState, step: string, output: unknown): CashState {
  const { id } = z.object({ id: z.string() }).parse(output);
  const asked = { ...state.asked, [id]: step };
  // It may have failed before this was heard.
  return {
    ...state,
    asked,
    requested: state.failed[id] === true ? state.requested : { ...state.requested, [id]: true },
  };
}

/** What the order says it is now. */
function nowIs(state: CashState, output: unknown): CashState {
  const told = NowIs.safeParse(output);
  if (!told.success) return state;
  const { worth, orderStatus, lines } = told.data;
  const wanted = Object.fromEntries(lines.map((one) => [one.line, one.wanted]));
  return { ...state, worth: worth.amount, wanted, orderStatus };
}

/** What follows from a refusal; what is not named here is a task for somebody. */
function refusedStep(state: CashState, step: string, code: string): CashState {
  const [what, id = ''] = baseOf(step).split(':');
  if (what === 'reserve') return id === '' ? fail(state, 'rejected', code) : endChange(state, id, code);
  if (what === 'admit') return endChange(state, id, code);
  const parcel = state.parcels[id];
  return what === 'issue' && parcel !== undefined ? putParcel(state, id, { ...parcel, state: 'refused' }) : state;
}

/** Somebody has settled a task: what was refused is tried again, and what was undone for it is done anew. */
function settle(state: CashState, task: string): CashState {
  const settled = { ...state, settled: { ...state.settled, [task]: true as const } };
  if (!task.startsWith('fix:')) return settled;
  const step = task.slice('fix:'.length);
  const base = baseOf(step);
  if (base.startsWith('give-back:')) return giveBackAgain(settled, step);
  const again = base === 'bill' ? ['bill', 'describe', 'reserve', 'note-reservation', 'release', 'hold'] : [base];
  const { [step]: _code, ...refused } = state.refused;
  const tries = { ...state.tries };
  // What was held for a change went with the rest.
  const held = base === 'bill' ? openChanges(state).map(([id]) => `reserve:${id}`) : [];
  for (const one of [...again, ...held]) tries[one] = (tries[one] ?? 0) + 1;
  return { ...settled, refused, tries, ...(base === 'bill' ? { isHeld: false, bills: {} } : {}) };
}

/** What did not go back is given back once more. */
function giveBackAgain(state: CashState, step: string): CashState {
  const paymentId = step.slice('give-back:'.length);
  const { [step]: _code, ...refused } = state.refused;
  const known = state.payments[paymentId];
  if (known === undefined) return { ...state, refused };
  const tries = { ...state.tries };
  const before = Object.keys(state.done)
    .map(baseOf)
    .filter((name) => name.startsWith(`refund:${paymentId}:`));
  for (const name of new Set(before)) tries[name] = (tries[name] ?? 0) + 1;
  return {
    ...state,
    refused,
    tries,
    payments: { ...state.payments, [paymentId]: { ...known, given: known.refunded } },
  };
}
