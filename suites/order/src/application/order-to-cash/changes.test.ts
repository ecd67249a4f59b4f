import type { DomainEvent, SagaFact } from '@ashlar/kernel';
import { describe, expect, test } from 'vitest';
import type { CashState } from './cash-state.ts';
import { orderToCash } from './order-to-cash.ts';

const id = (last: string): string => `b6a0f5de-0000-7000-8000-0000000000${last}`;
const [orderId, invoiceId, paymentId, noteId, holdId] = ['01', '02', '03', '04', '05'].map(id) as [
  string,
  string,
  string,
  string,
  string,
];
const [itemId, parcelId, locationId, changeId, secondId, extraId] = ['06', '07', '08', '10', '11', '12'].map(id) as [
  string,
  string,
  string,
  string,
  string,
  string,
];
const cash = (cents: number) => ({ amount: String(cents), currency: 'USD' });
const pcs = (pieces: number) => ({ value: String(pieces), uom: 'pcs' });
const source = { type: 'order.order', id: orderId };

let events = 0;
function event(type: string, data: object): SagaFact {
  events += 1;
  const time = '2026-03-10T12:00:00.000Z';
  return { kind: 'event', event: { id: `e${events}`, type, time, data } as unknown as DomainEvent };
}
const done = (step: string, output: unknown = {}): SagaFact => ({ kind: 'done', step, output });
const refused = (step: string, code: string): SagaFact => ({ kind: 'refused', step, code, params: {} });
const policy = {
  invoiceOn: 'place',
  captureOn: 'place',
  whenShort: 'backorder',
  provider: 'stand-in',
  paymentMinutes: 15,
  returnDays: 0,
};
const placed = (more: object = {}): SagaFact =>
  event('order.order.placed', {
    orderId,
    number: 'SO-2026-1',
    customerId: null,
    channel: 'web',
    tender: 'online',
    isHeld: false,
    total: cash(1000),
    policy,
    lines: [{ line: 1, variantId: itemId, quantity: pcs(2), isStocked: true }],
    ...more,
  });
const place = { line: 1, itemId, locationId, lotId: null };
const held = (quantity: number, backordered = 0) => ({
  ...place,
  quantity: pcs(quantity),
  backordered: pcs(backordered),
});
const reserved = (backordered = 0): SagaFact => done('reserve', { id: holdId, held: [held(2, backordered)] });
const now = (worth: number, ...wanted: readonly number[]) => ({
  worth: cash(worth),
  orderStatus: 'confirmed',
  lines: wanted.map((pieces, index) => ({ line: index + 1, wanted: String(pieces) })),
});
const billed = (name: string, invoice: string, cents: number, line: number, pieces: number): readonly SagaFact[] => [
  done(`describe${name}`, { invoice: { lines: [{ sourceLine: String(line), quantity: pcs(pieces) }] } }),
  done(`bill${name}`, { id: invoice, label: invoice, total: cash(cents) }),
  done(`note:${invoice}`),
];
const captured = (payment: string, cents: number): SagaFact =>
  event('billing.payment.captured', { paymentId: payment, source, amount: cash(cents), isLate: false });
const allocated = (payment: string, invoice: string, cents: number): SagaFact =>
  done(`allocate:${payment}:${invoice}:${cents}`, { settled: [{ invoiceId: invoice, amount: cash(cents) }] });
const invoiced = [
  placed(),
  reserved(),
  done('note-reservation', now(1000, 2)),
  ...billed('', invoiceId, 1000, 1, 2),
  done('pay', { id: paymentId, amount: cash(1000) }),
];
const paid = [...invoiced, captured(paymentId, 1000), done('confirm'), allocated(paymentId, invoiceId, 1000)];
const accepted = (more: object = {}): SagaFact =>
  event('order.order.change_accepted', {
    orderId,
    number: 'SO-2026-1',
    changeId,
    kind: 'cancellation',
    reason: 'Less',
    isPaymentNeeded: false,
    addedTotal: cash(0),
    cancelledTotal: cash(500),
    added: [],
    cancelled: [{ line: 1, quantity: '1' }],
    ...more,
  });
const more = (extra: object = {}): SagaFact =>
  accepted({
    isPaymentNeeded: true,
    addedTotal: cash(700),
    cancelledTotal: cash(0),
    added: [{ line: 2, variantId: extraId, quantity: pcs(1), isStocked: true }],
    cancelled: [],
    ...extra,
  });
const credit = { credits: [{ invoiceId, lines: [{ line: 1, quantity: '1' }] }] };
const credited = (settled = 0): SagaFact =>
  done(`credit:${invoiceId}:${changeId}`, { id: noteId, label: 'CN-1', total: cash(500), settled: cash(settled) });
const shrunk = done(`shrink:${changeId}`, { id: holdId, held: [held(1)] });
const lessened = (settled = 0): readonly SagaFact[] => [
  accepted(),
  shrunk,
  done(`find-credits:${changeId}`, credit),
  credited(settled),
  done(`note:${noteId}`),
  done(`apply:${changeId}`, now(500, 1)),
];
const extraHeld = done(`reserve:${changeId}`, {
  id: holdId,
  held: [{ ...held(1), line: 2, itemId: extraId }],
});

const given = (...facts: readonly SagaFact[]): CashState =>
  facts.reduce<CashState>(
    (state, fact) => JSON.parse(JSON.stringify(orderToCash.evolve(state, fact))),
    orderToCash.begin(orderId),
  );
const planned = (...facts: readonly SagaFact[]) => orderToCash.plan(given(...facts), new Date('2026-03-10'));
const next = (...facts: readonly SagaFact[]): readonly string[] => planned(...facts).steps.map(({ name }) => name);

describe('some of an order is cancelled', () => {
  test('given up, credited, taken down, and only then cancelled', () => {
    const [one, two, three, four, five] = lessened() as [SagaFact, SagaFact, SagaFact, SagaFact, SagaFact];
    expect(planned(...paid, one).steps).toMatchObject([
      { name: `shrink:${changeId}`, input: { holdId, lines: [{ line: 1, quantity: pcs(1) }] } },
    ]);
    expect(next(...paid, one, two)).toEqual([`find-credits:${changeId}`]);
    expect(planned(...paid, one, two, three).steps).toMatchObject([
      { name: `credit:${invoiceId}:${changeId}`, input: { lines: [{ line: 1, quantity: '1' }] } },
    ]);
    expect(next(...paid, one, two, three, four)).toEqual([`note:${noteId}`]);
    expect(next(...paid, one, two, three, four, five)).toEqual([`apply:${changeId}`]);
  });
  test('of what was paid, as much goes back as the credit note says', () => {
    const { steps } = planned(...paid, ...lessened());
    expect(steps).toMatchObject([
      { name: `refund:${paymentId}:${noteId}:500`, input: { amount: cash(500), creditNoteId: noteId } },
    ]);
    expect(next(...paid, ...lessened(), done(`refund:${paymentId}:${noteId}:500`))).toEqual([]);
  });
  test('what was not paid is owed no more, and what is paid too much goes back', () => {
    expect(next(...invoiced, ...lessened(500))).toEqual([]);
    expect(next(...invoiced, ...lessened(500), captured(paymentId, 1000))).toEqual([
      'confirm',
      `refund:${paymentId}:rest:500`,
      `allocate:${paymentId}:${invoiceId}:500@0`,
    ]);
  });
  test('what is being invoiced is invoiced first, so that it can be credited', () => {
    const describing = [placed(), reserved(), done('note-reservation', now(1000, 2)), invoiced[3] as SagaFact];
    expect(next(...describing, accepted(), shrunk)).toEqual(['bill']);
  });
  test('that the whole order is cancelled meanwhile takes back what is left, and nothing twice', () => {
    const cancel = event('order.order.cancel_requested', { orderId, reason: 'All' });
    const half = [...paid, ...lessened().slice(0, 5)];
    expect(next(...half, cancel)).toEqual([`credit:${invoiceId}`, `refund:${paymentId}:${noteId}:500`, 'release']);
    const rest = done(`credit:${invoiceId}`, { id: secondId, label: 'CN-2', total: cash(500), settled: cash(0) });
    expect(given(...half, cancel, rest).invoices[invoiceId]?.notes.at(-1)?.lines).toEqual([{ line: 1, quantity: '1' }]);
    expect(next(...half, cancel, rest, done(`note:${secondId}`))).toEqual([
      `refund:${paymentId}:${noteId}:500`,
      `refund:${paymentId}:${secondId}:500`,
      'release',
    ]);
  });
  test('a credit note of somebody else lowers what is asked for, and its money is theirs to give back', () => {
    const theirs = event('billing.invoice.credited', {
      invoiceId,
      creditNoteId: noteId,
      label: 'CN-1',
      source,
      total: cash(400),
      settled: cash(0),
      lines: [{ line: 1, sourceLine: '1', quantity: '1' }],
    });
    expect(next(...paid, theirs)).toEqual([`note:${noteId}`]);
    expect(next(...paid, theirs, done(`note:${noteId}`))).toEqual([]);
  });
});

describe('something is added', () => {
  test('held with the rest, paid, and only then part of the order', () => {
    expect(planned(...paid, more()).steps).toMatchObject([
      { name: `reserve:${changeId}`, input: { holdId, lines: [{ line: 2, itemId: extraId }], allowPartial: false } },
    ]);
    expect(planned(...paid, more(), extraHeld)).toMatchObject({
      steps: [{ name: `pay:${changeId}`, input: { amount: cash(700) } }],
      deadlines: [{ name: `change:${changeId}`, at: new Date('2026-03-10T12:15:00Z') }],
    });
    const asked = [...paid, more(), extraHeld, done(`pay:${changeId}`, { id: secondId, amount: cash(700) })];
    expect(next(...asked)).toEqual([]);
    expect(next(...asked, captured(secondId, 700))).toEqual([`admit:${changeId}`]);
    const admitted = [...asked, captured(secondId, 700), done(`admit:${changeId}`)];
    expect(next(...admitted)).toEqual([`apply:${changeId}`]);
    const applied = [...admitted, done(`apply:${changeId}`, now(1700, 2, 1))];
    expect(next(...applied)).toEqual([`describe:${changeId}`]);
    expect(next(...applied, ...billed(`:${changeId}`, extraId, 700, 2, 1))).toEqual([
      `allocate:${secondId}:${extraId}:700@0`,
    ]);
  });
  test('to an order of which nothing was in stock: only that is held', () => {
    const service = placed({ lines: [{ line: 1, variantId: itemId, quantity: pcs(2), isStocked: false }] });
    const before = [service, done('note-reservation', now(1000, 2)), ...paid.slice(3)];
    const [reserve] = planned(...before, more({ isPaymentNeeded: false })).steps;
    expect(reserve).toMatchObject({ name: `reserve:${changeId}`, input: { lines: [{ line: 2 }] } });
    expect(reserve?.input).not.toHaveProperty('holdId');
    const applied = [more({ isPaymentNeeded: false }), extraHeld, done(`apply:${changeId}`, now(1700, 2, 1))];
    expect(next(...before, ...applied)).toEqual([`describe:${changeId}`]);
  });
  test('in place of something else: the credit note settles the new invoice', () => {
    const swapped = [
      ...paid,
      more({
        isPaymentNeeded: false,
        addedTotal: cash(500),
        cancelledTotal: cash(500),
        cancelled: [{ line: 1, quantity: '1' }],
      }),
      extraHeld,
      shrunk,
      done(`find-credits:${changeId}`, credit),
      credited(),
      done(`note:${noteId}`),
      done(`apply:${changeId}`, now(1000, 1, 1)),
    ];
    expect(next(...swapped)).toEqual([`describe:${changeId}`]);
    const after = [...swapped, ...billed(`:${changeId}`, extraId, 500, 2, 1)];
    expect(planned(...after).steps).toMatchObject([
      { name: `use-credit:${noteId}:${extraId}:500`, useCase: 'billing.apply-credit' },
    ]);
    expect(next(...after, done(`use-credit:${noteId}:${extraId}:500`))).toEqual([]);
  });
  test('it is not there, not paid or withdrawn: what was held is free again, and money that comes goes back', () => {
    expect(next(...paid, more(), refused(`reserve:${changeId}`, 'inventory.insufficient_stock'))).toEqual([
      `reject:${changeId}`,
    ]);
    const asked = [...paid, more(), extraHeld, done(`pay:${changeId}`, { id: secondId, amount: cash(700) })];
    const failed = event('billing.payment.failed', { paymentId: secondId, source, amount: cash(700), reason: 'x' });
    const withdrawn = event('order.order.change_withdrawn', { orderId, changeId });
    const voided = `void:${secondId}`;
    for (const [why, letGo] of [
      [failed, []],
      [withdrawn, [voided]],
      [{ kind: 'due', deadline: `change:${changeId}` }, [voided]],
    ] as const) {
      expect(next(...asked, why)).toEqual([`unreserve:${changeId}`, ...letGo]);
      const over = [
        ...asked,
        why,
        done(voided, { id: secondId, state: 'voided' }),
        done(`unreserve:${changeId}`, { id: holdId, held: [] }),
        done(`reject:${changeId}`, now(1000, 2)),
      ];
      expect(next(...over)).toEqual([]);
      expect(next(...over, captured(secondId, 700))).toEqual([`refund:${secondId}:rest:700`]);
    }
    expect(next(...paid, more(), failed, extraHeld, asked.at(-1) as SagaFact)).toEqual([`unreserve:${changeId}`]);
  });
  test('a payment that fails when the goods have left is a task, and undoes nothing', () => {
    const facts = [placed({ policy: { ...policy, captureOn: 'ship' } }), ...invoiced.slice(1, -1), done('confirm')];
    const failed = event('billing.payment.failed', { paymentId, source, amount: cash(1000), reason: 'x' });
    const asked = done('pay', { id: paymentId, state: 'created' });
    expect(planned(...facts, asked, failed)).toMatchObject({ steps: [], tasks: [{ name: 'fix:pay' }] });
  });
});

const covered = (backordered: number): SagaFact =>
  event('inventory.reservation.covered', { holdId, source, lines: [{ ...place, backordered: pcs(backordered) }] });

describe('what is not in stock yet', () => {
  const promised = [placed(), reserved(2), done('note-reservation', now(1000, 2)), ...paid.slice(3)];
  test('is told to the order when it has come, each time once, whatever is heard first', () => {
    expect(planned(placed(), reserved(2)).steps).toMatchObject([
      { input: { held: [{ quantity: '2', promised: '2' }] } },
    ]);
    expect(planned(placed(), covered(1), reserved(2)).steps).toMatchObject([{ input: { held: [{ promised: '1' }] } }]);
    const come = covered(1);
    expect(planned(...promised, come, come).steps).toMatchObject([
      { name: 'covered:1', input: { promised: [{ line: 1, quantity: '1' }] } },
    ]);
    expect(next(...promised, come, done('covered:1'), come)).toEqual([]);
    expect(next(...promised, come, done('covered:1'), covered(0))).toEqual(['covered:2']);
    expect(next(...promised, covered(0), covered(1))).toEqual(['covered:1']);
  });
  test('does not leave', () => {
    const ship = event('order.fulfilment.ship_requested', {
      orderId,
      fulfilmentId: parcelId,
      attempt: 1,
      locationId: null,
      lines: [{ line: 1, quantity: pcs(1) }],
    });
    expect(next(...promised, ship)).toEqual([`unship:${parcelId}:1`]);
    expect(next(...promised, covered(1), done('covered:1'), ship)).toEqual([`issue:${parcelId}:1`]);
  });
});

test('the credit of a return pays an exchange as money does, and settles its invoice once goods have left', () => {
  const exchange = [placed({ credits: [{ creditNoteId: noteId, amount: '1000' }] }), ...invoiced.slice(1, -1)];
  expect(next(...exchange)).toEqual(['confirm']);
  const half = [placed({ credits: [{ creditNoteId: noteId, amount: '400' }] }), ...invoiced.slice(1, -1)];
  expect(planned(...half).steps).toMatchObject([{ name: 'pay', input: { amount: cash(600) } }]);
  const gone = [
    done('confirm'),
    event('order.fulfilment.ship_requested', {
      orderId,
      fulfilmentId: parcelId,
      attempt: 1,
      locationId: null,
      lines: [{ line: 1, quantity: pcs(2) }],
    }),
    done(`issue:${parcelId}:1`, { id: secondId, lines: [{ line: 1, value: cash(-200) }] }),
    done(`shipped:${parcelId}`, { orderStatus: 'fulfilled' }),
  ];
  expect(next(...exchange, ...gone)).toEqual([`use-credit:${noteId}:${invoiceId}:1000`]);
  expect(next(...exchange, ...gone, done(`use-credit:${noteId}:${invoiceId}:1000`))).toEqual([]);
});
