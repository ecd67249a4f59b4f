import type { DomainEvent, SagaFact } from '@ashlar/kernel';
import { expect, test } from 'vitest';
import { returnToRefund } from './return-to-refund.ts';

const cash = (cents: number) => ({ amount: String(cents), currency: 'USD' });
const event = (type: string, data: object): SagaFact => ({
  kind: 'event',
  event: { id: type, type, time: '2026-03-10T12:00:00.000Z', data } as unknown as DomainEvent,
});
const done = (step: string, output: unknown = {}): SagaFact => ({ kind: 'done', step, output });
const keyOf = (data: object) => returnToRefund.key({ data } as unknown as DomainEvent);
const inspected = (outcome: string): SagaFact =>
  event('order.return.inspected', {
    returnId: 'R',
    reason: 'Too small',
    outcome,
    restock: [],
    credits: [{ invoiceId: 'I', lines: [{ line: 1, quantity: '1' }] }],
    payments: [
      { paymentId: 'P', left: cash(300) },
      { paymentId: 'Q', left: cash(900) },
    ],
  });
const credited = done('credit:I', { id: 'N', total: cash(1000), settled: cash(0) });
const planned = (...facts: readonly SagaFact[]) =>
  returnToRefund.plan(
    facts.reduce<unknown>(
      (state, fact) => JSON.parse(JSON.stringify(returnToRefund.evolve(state, fact))),
      returnToRefund.begin('R'),
    ),
    new Date(0),
  );
const next = (...facts: readonly SagaFact[]) =>
  planned(...facts).steps.map(({ name, input }) => [name, (input as { amount?: { amount: string } }).amount?.amount]);

test('a refund goes back by the payments it came with', () => {
  expect(next(inspected('refund'))).toEqual([['credit:I', undefined]]);
  expect(next(inspected('refund'), credited)).toEqual([
    ['refund:P:N', '300'],
    ['refund:Q:N', '700'],
  ]);
});

test('of store credit nothing goes back', () => {
  expect(next(inspected('store_credit'), credited)).toEqual([['close', undefined]]);
  expect(planned(inspected('store_credit'), credited, done('close')).end).toBe('completed');
});

test('of an exchange the rest goes back, and all of it when that order is not had after all', () => {
  const exchanged = done('exchange', { credits: [{ creditNoteId: 'N', amount: '600' }] });
  const facts = [inspected('exchange'), credited];
  expect(planned(...facts).steps).toMatchObject([
    { name: 'exchange', input: { credits: [{ creditNoteId: 'N', amount: '1000' }] } },
  ]);
  expect(next(...facts, exchanged)).toEqual([
    ['refund:P:N', '300'],
    ['refund:Q:N', '100'],
  ]);
  const closed = [...facts, exchanged, done('refund:P:N'), done('refund:Q:N'), done('close')];
  expect(planned(...closed)).toEqual({ steps: [] });
  expect(planned(...closed, event('order.order.completed', { exchangeOf: 'R' })).end).toBe('completed');
  const undone = event('order.order.cancelled', { exchangeOf: 'R' });
  expect(next(...closed, undone)).toEqual([['refund:Q:N:back', '600']]);
  expect(planned(...closed, undone, done('refund:Q:N:back')).end).toBe('completed');
});

test('an exchange that is refused is a refund, and somebody is told', () => {
  const no: SagaFact = { kind: 'refused', step: 'exchange', code: 'order.variant_inactive', params: {} };
  expect(planned(inspected('exchange'), credited, no)).toMatchObject({
    steps: [{ name: 'refund:P:N' }, { name: 'refund:Q:N' }],
    tasks: [{ name: 'fix:exchange' }],
  });
});

test('an order that is exchanged for nothing is none of its business', () => {
  expect(keyOf({ orderId: 'O', exchangeOf: null })).toBeNull();
  expect(keyOf({ orderId: 'O', exchangeOf: 'R' })).toBe('R');
});
