import type { DomainEvent, SagaFact } from '@ashlar/kernel';
import { describe, expect, test } from 'vitest';
import type { CashState } from './cash-state.ts';
import { orderToCash } from './order-to-cash.ts';

const orderId = 'b6a0f5de-0000-7000-8000-000000000001';
const invoiceId = 'b6a0f5de-0000-7000-8000-000000000002';
const paymentId = 'b6a0f5de-0000-7000-8000-000000000003';
const noteId = 'b6a0f5de-0000-7000-8000-000000000004';
const holdId = 'b6a0f5de-0000-7000-8000-000000000005';
const itemId = 'b6a0f5de-0000-7000-8000-000000000006';
const parcelId = 'b6a0f5de-0000-7000-8000-000000000007';
const locationId = 'b6a0f5de-0000-7000-8000-000000000008';
const postingId = 'b6a0f5de-0000-7000-8000-000000000009';
const cash = (cents: number) => ({ amount: String(cents), currency: 'USD' });
const two = { value: '2', uom: 'pcs' };

let events = 0;
function event(type: string, data: object): SagaFact {
  events += 1;
  const time = '2026-03-10T12:00:00.000Z';
  return { kind: 'event', event: { id: `e${events}`, type, time, data } as unknown as DomainEvent };
}
const policy = {
  invoiceOn: 'place',
  captureOn: 'place',
  whenShort: 'reject',
  provider: 'stand-in',
  paymentMinutes: 15,
  returnDays: 0,
};
const placed = (more: object = {}, terms: object = {}): SagaFact =>
  event('order.order.placed', {
    orderId,
    number: 'SO-2026-1',
    customerId: null,
    channel: 'web',
    tender: 'online',
    isHeld: false,
    total: cash(1000),
    policy: { ...policy, ...terms },
    lines: [{ line: 1, variantId: itemId, quantity: two, isStocked: true }],
    ...more,
  });
const source = { type: 'order.order', id: orderId };
const done = (step: string, output: unknown = {}): SagaFact => ({ kind: 'done', step, output });
const refused = (step: string, code: string): SagaFact => ({ kind: 'refused', step, code, params: {} });
const due = (deadline: string): SagaFact => ({ kind: 'due', deadline });
const settled = (task: string): SagaFact => ({ kind: 'settled', task, note: '' });

const reserved = done('reserve', { id: holdId, held: [{ line: 1, itemId, locationId, lotId: null, quantity: two }] });
const held = [reserved, done('note-reservation')];
const described = done('describe', { invoice: { lines: [{ sourceLine: '1', quantity: two }] } });
const billed = done('bill', { id: invoiceId, label: 'INV-1', total: cash(1000) });
const invoiced = [...held, described, billed, done(`note:${invoiceId}`)];
const captured = () => event('billing.payment.captured', { paymentId, source, amount: cash(1000), isLate: false });
const allocated = done(`allocate:${paymentId}:${invoiceId}:1000@0`, { settled: [{ invoiceId, amount: cash(1000) }] });
const asked = [...invoiced, done('pay', { id: paymentId, state: 'created' })];
const confirmed = () => [...asked, captured(), done('confirm'), allocated];
const shipAsked = (attempt = 1) =>
  event('order.fulfilment.ship_requested', {
    orderId,
    fulfilmentId: parcelId,
    attempt,
    locationId: null,
    lines: [{ line: 1, quantity: two }],
  });
const issued = done(`issue:${parcelId}:1`, { id: postingId, lines: [{ line: 1, value: cash(-200) }] });
const shipped = done(`shipped:${parcelId}`, { orderStatus: 'fulfilled' });
const credited = done(`credit:${invoiceId}`, { id: noteId, label: 'CN-1', total: cash(1000), settled: cash(0) });

const voided = done(`void:${paymentId}`, { id: paymentId, state: 'voided' });
const ended = [credited, done(`note:${noteId}`), done('release'), done('end')];
const delivered = () => event('order.fulfilment.delivered', { orderId, fulfilmentId: parcelId });
const departed = () => [...confirmed(), shipAsked(), issued, shipped];
const resumed = () => event('order.order.resumed', { orderId });
const cancel = () => event('order.order.cancel_requested', { orderId, reason: 'No' });
const keyOf = (type: string, data: object) => orderToCash.key({ type, data } as unknown as DomainEvent);

const given = (...facts: readonly SagaFact[]): CashState =>
  facts.reduce<CashState>(
    (state, fact) => JSON.parse(JSON.stringify(orderToCash.evolve(state, fact))),
    orderToCash.begin(orderId),
  );
const planned = (...facts: readonly SagaFact[]) => orderToCash.plan(given(...facts), new Date('2026-03-10'));
const next = (...facts: readonly SagaFact[]): readonly string[] => planned(...facts).steps.map(({ name }) => name);

describe('the way of an order', () => {
  test('before it is placed nothing is done', () => {
    expect(next(captured())).toEqual([]);
  });
  test('what is in stock is reserved, and what is not is not', () => {
    expect(planned(placed()).steps).toMatchObject([{ name: 'reserve', useCase: 'inventory.reserve-stock' }]);
    const service = [{ line: 1, variantId: itemId, quantity: two, isStocked: false }];
    expect(next(placed({ lines: service }))).toEqual(['note-reservation']);
  });
  test('then it is taken down, invoiced, and money asked for', () => {
    expect(next(placed(), reserved)).toEqual(['note-reservation']);
    expect(next(placed(), ...held)).toEqual(['describe']);
    expect(next(placed(), ...held, described)).toEqual(['bill']);
    expect(next(placed(), ...held, described, billed)).toEqual([`note:${invoiceId}`]);
    expect(planned(placed(), ...invoiced).steps).toMatchObject([
      { name: 'pay', input: { amount: cash(1000), provider: 'stand-in' } },
    ]);
  });
  test('it waits for the money, and for no longer than it may', () => {
    expect(planned(placed(), ...asked)).toMatchObject({
      steps: [],
      deadlines: [{ name: 'payment', at: new Date('2026-03-10T12:15:00Z') }],
    });
  });
  test('with the money it is confirmed, and the money settles the invoice', () => {
    expect(next(placed(), ...asked, captured())).toEqual(['confirm', `allocate:${paymentId}:${invoiceId}:1000@0`]);
    expect(next(placed(), ...confirmed())).toEqual([]);
  });
  test('a parcel leaves once its goods are issued from the hold', () => {
    const { steps } = planned(placed(), ...confirmed(), shipAsked());
    expect(steps).toMatchObject([
      { name: `issue:${parcelId}:1`, input: { holdId, lines: [{ itemId, locationId, quantity: two }] } },
    ]);
    expect(planned(placed(), ...confirmed(), shipAsked(), issued).steps).toMatchObject([
      { name: `shipped:${parcelId}`, input: { stockDocumentId: postingId, costs: [{ line: 1, amount: '200' }] } },
    ]);
  });
  test('delivered and paid it is completed, after the days in which goods may come back', () => {
    expect(next(placed(), ...departed())).toEqual([]);
    expect(next(placed(), ...departed(), delivered())).toEqual(['complete']);
    expect(planned(placed(), ...departed(), delivered(), done('complete')).end).toBe('completed');
    expect(planned(placed({}, { returnDays: 2 }), ...departed(), delivered())).toMatchObject({
      steps: [],
      deadlines: [{ name: 'window', at: new Date('2026-03-12T12:00:00Z') }],
    });
    expect(next(placed({}, { returnDays: 2 }), ...departed(), delivered(), due('window'))).toEqual(['complete']);
  });
});

describe('policies', () => {
  test('invoice with the money: it is asked for first', () => {
    const terms = { invoiceOn: 'capture' };
    expect(next(placed({}, terms), ...held)).toEqual(['pay']);
    expect(next(placed({}, terms), ...held, done('pay', { id: paymentId, state: 'created' }), captured())).toEqual([
      'describe',
    ]);
  });
  test('invoice and money with the parcel', () => {
    const terms = { invoiceOn: 'ship', captureOn: 'ship' };
    const gone = [...held, done('confirm'), shipAsked(), issued, shipped];
    expect(next(placed({}, terms), ...held)).toEqual(['confirm']);
    expect(next(placed({}, terms), ...gone)).toEqual([`describe:${parcelId}`]);
    const bill = done(`describe:${parcelId}`, { invoice: { lines: [{ sourceLine: '1', quantity: two }] } });
    const both = [bill, done(`bill:${parcelId}`, { id: invoiceId, label: 'INV-1', total: cash(1000) })];
    expect(next(placed({}, terms), ...gone, ...both, done(`note:${invoiceId}`))).toEqual([`pay:${parcelId}`]);
  });
  test('on account: held until somebody lets it go on, then without money', () => {
    const onAccount = { tender: 'on_account', isHeld: true };
    expect(next(placed(onAccount), ...held)).toEqual([]);
    expect(next(placed(onAccount), ...held, resumed())).toEqual(['describe']);
    expect(next(placed(onAccount), resumed(), ...invoiced)).toEqual(['confirm']);
  });
  test('paid by hand: nobody is asked, and it goes on when the money is there', () => {
    expect(planned(placed({ tender: 'by_hand' }), ...invoiced)).toMatchObject({ steps: [], deadlines: [] });
    expect(next(placed({ tender: 'by_hand' }), ...invoiced, captured())).toContain('confirm');
  });
});

describe('what is undone', () => {
  test('nothing to reserve: the order is rejected, and no money moves', () => {
    const short = refused('reserve', 'inventory.insufficient_stock');
    expect(planned(placed(), short).steps).toMatchObject([{ name: 'end', input: { as: 'rejected' } }]);
    expect(planned(placed(), short, done('end')).end).toBe('undone');
  });
  test('no invoice to be had: the hold is given up, the order waits with a task, and is tried anew once that is settled', () => {
    const facts = [placed(), ...held, described, refused('bill', 'billing.period_closed')];
    expect(planned(...facts)).toMatchObject({
      steps: [{ name: 'release' }, { name: 'hold' }],
      tasks: [{ name: 'fix:bill' }],
    });
    const waiting = [...facts, done('release'), done('hold'), event('order.order.held', { orderId, reason: 'x' })];
    expect(next(...waiting)).toEqual([]);
    expect(next(...waiting, settled('fix:bill'))).toEqual(['reserve~1']);
  });
  test('the payment fails or does not come: credited, released, cancelled, in that order', () => {
    const failed = event('billing.payment.failed', {
      paymentId,
      source,
      amount: cash(1000),
      state: 'failed',
      reason: 'x',
    });
    for (const [why, first] of [
      [failed, []],
      [due('payment'), [`void:${paymentId}`]],
    ] as const) {
      expect(next(placed(), ...asked, why)).toEqual([...first, `credit:${invoiceId}`, 'release']);
      const undone = [voided, credited, done(`note:${noteId}`), done('release')];
      expect(planned(placed(), ...asked, why, ...undone).steps).toMatchObject([
        { name: 'end', input: { as: 'cancelled', reason: 'payment_failed' } },
      ]);
    }
  });
  test('a cancelled order that was paid gives the money back for the credit note', () => {
    expect(next(placed(), ...confirmed(), cancel())).toEqual([`credit:${invoiceId}`, 'release']);
    const { steps } = planned(placed(), ...confirmed(), cancel(), credited, done(`note:${noteId}`));
    expect(steps).toMatchObject([
      { name: `refund:${paymentId}:${noteId}:1000`, input: { amount: cash(1000), creditNoteId: noteId } },
      { name: 'release' },
    ]);
  });
  test('money that comes after the end goes back, with a task, and the process is not over before', () => {
    const over = [placed(), ...asked, due('payment'), voided, ...ended];
    expect(planned(...over)).toMatchObject({ steps: [], deadlines: [{ name: 'late' }] });
    expect(planned(...over).end).toBeUndefined();
    expect(planned(...over, captured())).toMatchObject({
      steps: [{ name: `refund:${paymentId}:rest:1000` }],
      tasks: [{ name: `late-payment:${paymentId}` }],
    });
    const back = [captured(), done(`refund:${paymentId}:rest:1000`), settled(`late-payment:${paymentId}`)];
    expect(planned(...over, ...back)).toEqual({ steps: [], tasks: [], deadlines: [] });
    const refunded = event('billing.payment.refunded', { paymentId, source, amount: cash(1000), creditNoteId: null });
    expect(planned(...over, ...back, refunded).end).toBe('undone');
    expect(planned(...over, due('late')).end).toBe('undone');
  });
  test('goods that are not there: the parcel is packed again, with a task, and may be sent anew', () => {
    const short = refused(`issue:${parcelId}:1`, 'inventory.insufficient_stock');
    const { steps, tasks } = planned(placed(), ...confirmed(), shipAsked(), short);
    expect(steps).toMatchObject([{ name: `unship:${parcelId}:1`, useCase: 'order.return-to-packed' }]);
    expect(tasks).toMatchObject([{ name: `fix:issue:${parcelId}:1` }]);
    expect(next(placed(), ...confirmed(), shipAsked(), short, done(`unship:${parcelId}:1`), shipAsked(2))).toEqual([
      `issue:${parcelId}:2`,
    ]);
  });
  test('a payment nobody finished is let go, and what comes of it all the same goes back', () => {
    const requested = [...invoiced, done('pay', { id: paymentId, state: 'created' })];
    expect(planned(placed(), ...requested, due('payment')).steps).toMatchObject([
      { name: `void:${paymentId}`, useCase: 'billing.void-payment' },
      { name: `credit:${invoiceId}` },
      { name: 'release' },
    ]);
    const failed = event('billing.payment.failed', { paymentId, source, amount: cash(1000), state: 'failed' });
    expect(next(placed(), ...requested, failed)).toEqual([`credit:${invoiceId}`, 'release']);
    expect(next(placed(), ...requested, captured(), cancel())).not.toContain(`void:${paymentId}`);
  });
  test('money that did not go back is a task, and is given back once more when that is settled', () => {
    const refund = `refund:${paymentId}:${noteId}:1000`;
    const noted = done(`note:${noteId}`);
    const facts = [placed(), ...confirmed(), cancel(), credited, noted, done('release'), done(refund), done('end')];
    const lost = event('billing.payment.refund_failed', {
      paymentId,
      source,
      amount: cash(1000),
      reason: 'card_closed',
    });
    const task = `fix:give-back:${paymentId}`;
    expect(planned(...facts)).toMatchObject({ steps: [], tasks: [] });
    expect(planned(...facts).end).toBeUndefined();
    expect(planned(...facts, lost)).toMatchObject({ steps: [], tasks: [{ name: task }] });
    const again = planned(...facts, lost, settled(task));
    expect(again).toMatchObject({ tasks: [], steps: [{ name: `refund:${paymentId}:rest:1000` }] });
  });
  test('a refund somebody has to approve is a task, and is tried again once that is settled', () => {
    const refund = `refund:${paymentId}:${noteId}:1000`;
    const facts = [
      placed(),
      ...confirmed(),
      cancel(),
      credited,
      done(`note:${noteId}`),
      done('release'),
      refused(refund, 'billing.over_limit'),
    ];
    expect(planned(...facts)).toMatchObject({ steps: [], tasks: [{ name: `fix:${refund}` }] });
    expect(next(...facts, settled(`fix:${refund}`))).toEqual([`${refund}~1`]);
    const byHand = event('billing.payment.refunded', { paymentId, source, amount: cash(1000), creditNoteId: noteId });
    expect(next(...facts, byHand, settled(`fix:${refund}`))).toEqual(['end']);
  });
  test('a person undoes it, unless a parcel is on its way', () => {
    const undo: SagaFact = { kind: 'undo', reason: 'Wrong' };
    expect(next(placed(), ...invoiced, undo)).toEqual([`credit:${invoiceId}`, 'release']);
    expect(next(placed(), ...confirmed(), shipAsked(), undo)).toEqual([`issue:${parcelId}:1`]);
  });
});

describe('order and repetition', () => {
  test('facts of different aggregates may come in any order', () => {
    const facts = [placed(), event('billing.invoice.issued', issuedData), captured()];
    const states = permutations(facts).map((order) => given(...order));
    const plans = states.map((state) => orderToCash.plan(state, new Date(0)).steps.map(({ name }) => name));
    expect(new Set(plans.map((plan) => plan.join())).size).toBe(1);
    expect(plans[0]).toContain('reserve');
  });
  test('what is heard twice counts once', () => {
    const money = captured();
    const begun = placed();
    expect(given(begun, begun, ...asked, money, money)).toEqual(given(begun, ...asked, money));
  });
  test('an event of something else is none of its business', () => {
    expect(keyOf('billing.payment.captured', { source: { type: 'pos.sale', id: 'x' } })).toBeNull();
    expect(keyOf('billing.payment.captured', { source: null })).toBeNull();
    expect(keyOf('billing.payment.captured', { source })).toBe(orderId);
    expect(keyOf('order.fulfilment.delivered', { orderId })).toBe(orderId);
  });
});

const issuedData = {
  invoiceId,
  label: 'INV-1',
  source,
  total: cash(1000),
  lines: [{ line: 1, sourceLine: '1', quantity: '2', uom: 'pcs' }],
};

function permutations<Item>(items: readonly Item[]): readonly (readonly Item[])[] {
  if (items.length <= 1) return [items];
  return items.flatMap((item, index) => permutations(items.toSpliced(index, 1)).map((rest) => [item, ...rest]));
}

describe('money that changes its mind', () => {
  const half = [cash(500), 'b6a0f5de-0000-7000-8000-00000000000a'] as const;
  const noted = done(`note:${half[1]}`);
  const creditedHalf = (settling = 0) =>
    event('billing.invoice.credited', {
      invoiceId,
      creditNoteId: half[1],
      source,
      label: 'CN-2',
      total: half[0],
      settled: cash(settling),
      lines: [],
    });
  const refundedHalf = () => event('billing.payment.refunded', { paymentId, source, amount: half[0] });
  const failed = () => event('billing.payment.failed', { paymentId, source, amount: cash(1000), reason: 'declined' });

  test('after a return less is owed, and the order is completed with what is left', () => {
    for (const back of [
      [creditedHalf(), refundedHalf()],
      [refundedHalf(), creditedHalf()],
    ]) {
      expect(planned(placed(), ...departed(), ...back, noted)).toMatchObject({ steps: [], deadlines: [], tasks: [] });
      expect(next(placed(), ...departed(), delivered(), ...back, noted)).toEqual(['complete']);
    }
  });
  test('once goods may leave, no payment that is missing takes them back', () => {
    expect(planned(placed(), ...departed(), refundedHalf(), due('payment'))).toMatchObject({
      steps: [],
      tasks: [{ name: 'unpaid' }],
    });
    const byHand = event('order.order.confirmed', { orderId });
    expect(planned(placed(), ...asked, byHand, failed()).tasks).toMatchObject([{ name: 'fix:pay' }]);
    expect(next(placed(), ...confirmed(), refundedHalf(), shipAsked())).toEqual([]);
    expect(next(placed(), ...confirmed(), refundedHalf(), shipAsked(), settled('unpaid'))).toEqual([
      `issue:${parcelId}:1`,
    ]);
  });
  test('a payment that fails after the goods have left is asked for again, once somebody says so', () => {
    const terms = { invoiceOn: 'ship', captureOn: 'ship' };
    const bill = done(`describe:${parcelId}`, { invoice: { lines: [{ sourceLine: '1', quantity: two }] } });
    const sent = [...held, done('confirm'), shipAsked(), issued, shipped, bill];
    const owed = [
      ...sent,
      done(`bill:${parcelId}`, { id: invoiceId, label: 'INV-1', total: cash(1000) }),
      done(`note:${invoiceId}`),
    ];
    const pay = `pay:${parcelId}`;
    for (const facts of [
      [done(pay, { id: paymentId }), failed()],
      [failed(), done(pay, { id: paymentId })],
    ]) {
      const all = [placed({}, terms), ...owed, ...facts];
      expect(planned(...all)).toMatchObject({ steps: [], tasks: [{ name: `fix:${pay}` }] });
      expect(next(...all, settled(`fix:${pay}`))).toEqual([`${pay}~1`]);
      expect(planned(...all, captured()).tasks).toEqual([]);
    }
  });
  test('as much again that comes late goes back again, and as much again that comes in time is used again', () => {
    const [credit, refund] = [`credit:${invoiceId}`, `refund:${paymentId}:rest:1000`];
    const over = [placed(), ...asked, due('payment'), voided, ...ended];
    expect(next(placed(), ...asked, due('payment'))).toContain(credit);
    expect(next(...over, captured(), done(refund), captured())).toEqual([`refund:${paymentId}:rest:1000:1000`]);
    const part = () => event('billing.payment.captured', { paymentId, source, amount: half[0], isLate: false });
    const allocate = `allocate:${paymentId}:${invoiceId}:500`;
    const settledHalf = done(`${allocate}@0`, { settled: [{ invoiceId, amount: half[0] }] });
    expect(next(placed(), ...asked, part())).toEqual([`${allocate}@0`]);
    expect(next(placed(), ...asked, part(), settledHalf, part())).toEqual(['confirm', `${allocate}@500`]);
  });
  test('money that came for goods which are back already is somebody’s to see to before the order is completed', () => {
    const all = [placed(), ...departed(), delivered(), creditedHalf(500), noted];
    expect(planned(...all)).toMatchObject({ steps: [], tasks: [{ name: 'surplus' }] });
    expect(next(...all, settled('surplus'))).toEqual(['complete']);
    expect(next(...all, refundedHalf())).toEqual(['complete']);
  });
  test('a second parcel asks for nothing that the first has asked for and that is still to come', () => {
    const first = [
      ...invoiced,
      done('confirm'),
      shipAsked(),
      issued,
      done(`shipped:${parcelId}`, { orderStatus: 'x' }),
    ];
    const all = [placed({}, { captureOn: 'ship' }), ...first];
    expect(next(...all)).toEqual([`pay:${parcelId}`]);
    const secondId = 'b6a0f5de-0000-7000-8000-00000000000b';
    const second = event('order.fulfilment.ship_requested', {
      orderId,
      fulfilmentId: secondId,
      attempt: 1,
      locationId: null,
      lines: [],
    });
    const sent = [
      ...all,
      done(`pay:${parcelId}`, { id: paymentId }),
      second,
      done(`shipped:${secondId}`, { orderStatus: 'x' }),
    ];
    expect(next(...sent)).toEqual([]);
  });
  test('what was asked for twice is paid once: the other is let go, and goes back where it came all the same', () => {
    const againId = 'b6a0f5de-0000-7000-8000-00000000000c';
    const again = done('pay~1', { id: againId, state: 'created' });
    const late = event('billing.payment.captured', { paymentId, source, amount: cash(1000), isLate: true });
    const both = [...asked, event('order.order.confirmed', { orderId }), failed(), settled('fix:pay'), again, late];
    const facts = [...both, done('confirm'), allocated, shipAsked(), issued, shipped, delivered()];
    expect(next(placed(), ...facts)).toEqual([`void:${againId}`]);
    expect(next(placed(), ...facts, done(`void:${againId}`))).toEqual(['complete']);
    const taken = event('billing.payment.captured', { paymentId: againId, source, amount: cash(1000), isLate: false });
    expect(next(placed(), ...facts, taken)).toEqual([`refund:${againId}:rest:1000`]);
    expect(next(placed(), ...facts, taken, done(`refund:${againId}:rest:1000`))).toEqual(['complete']);
  });
  test('an invoice that was taken back before it was heard of asks for nothing', () => {
    const whole = event('billing.invoice.credited', {
      invoiceId,
      creditNoteId: noteId,
      source,
      label: 'CN-1',
      total: cash(1000),
      settled: cash(1000),
      lines: [{ line: 1, sourceLine: '1', quantity: '2' }],
    });
    expect(next(placed(), whole, ...held, described, billed, cancel())).not.toContain(`credit:${invoiceId}`);
  });
});
