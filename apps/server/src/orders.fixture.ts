import { randomUUID } from 'node:crypto';
import type { DomainEvent, Saga, SagaFact } from '@ashlar/kernel';
import { AshlarError } from '@ashlar/kernel';
import { SECRET_KEY, createSuiteProject, type SuiteProject } from '@ashlar/testing';
import { suites } from './suites.ts';
import { throughTrouble, type Trouble } from './trouble.fixture.ts';

/** JSON as a use case answers it. */
// oxlint-disable-next-line typescript/no-explicit-any -- tests read what they wrote.
type Json = any;

/** A shop with goods, stock, books and orders, on a real database. */
export interface OrderShop extends AsyncDisposable {
  readonly project: SuiteProject;
  /** A use case by name, as the secret key; answers JSON. */
  do(name: string, input: object, more?: object): Promise<Json>;
  /** A thing that costs so many cents, of which so many are on the shelf. */
  addThing(cents: number, pieces: number): Promise<string>;
  /** A cart with an address, and what it comes to. */
  fillCart(lines: readonly (readonly [variantId: string, pieces: number])[]): Promise<{ cartId: string; total: Json }>;
  place(
    lines: readonly (readonly [variantId: string, pieces: number])[],
    tender?: 'online' | 'by_hand' | 'on_account',
  ): Promise<Json>;
  /** Carries the processes on until nothing is left to do, hearing events in an order of its own. */
  carry(): Promise<void>;
  /** Tasks of people, of all processes. */
  tasks(): readonly string[];
  ends(): readonly string[];
  /** Tells that a person has settled it. */
  settle(task: string): void;
  /** Lets a deadline of an order's process come. */
  letPass(orderId: string, deadline: string): void;
  level(variantId: string): Promise<{ onHand: number; reserved: number }>;
  /** Of orders, stock and books together. */
  drifts(): Promise<readonly unknown[]>;
  readonly shelf: string;
  setDay(day: string): void;
}

interface Instance {
  readonly saga: Saga;
  readonly id: string;
  state: Json;
}

const quantity = (pieces: number) => ({ value: String(pieces), uom: 'pcs' });

/** @param trouble What befalls each command; default: nothing. */
export async function openOrderShop(
  policy: object = {},
  random: () => number = () => 0,
  trouble?: () => Trouble,
): Promise<OrderShop> {
  let day = '2026-03-10';
  const project = await createSuiteProject({ suites, clock: () => new Date(`${day}T12:00:00Z`) });
  const invoke: OrderShop['do'] = async (name, input, more = {}) => {
    const invocation = { database: project.test.database, caller: SECRET_KEY, via: 'test', requestId: randomUUID() };
    return (await project.useCases.invoke(name, input, { ...invocation, ...more } as never)).output;
  };
  const call = trouble === undefined ? invoke : throughTrouble(invoke, project.test.database, trouble);
  await call('billing.open-books', { currency: 'USD', seller: { name: { en: 'The shop' } } });
  await call('billing.add-tax-rate', {
    code: 'VAT',
    name: { en: 'Tax' },
    category: 'standard',
    percent: '10',
    validFrom: '2020-01-01',
  });
  await call('order.set-policy', policy);
  const { id: listId } = await call('product.create-price-list', { code: 'USD', currency: 'USD' });
  const { id: warehouseId } = await call('inventory.add-warehouse', { code: 'MAIN', name: { en: 'Main' } });
  const { id: shelf } = await call('inventory.add-location', { warehouseId, code: 'SHELF' });
  const fillCart: OrderShop['fillCart'] = async (lines) => {
    const wished = lines.map(([variantId, pieces]) => ({ variantId, quantity: quantity(pieces) }));
    const { id: cartId } = await call('order.open-cart', { currency: 'USD', lines: wished });
    const shipTo = { name: 'Ada', lines: 'Road 1', country: 'IQ' };
    await call('order.set-address', { cartId, party: { name: 'Ada' }, shipTo });
    const { priced } = await call('order.get-cart', { cartId });
    return { cartId, total: priced.total };
  };
  const carrier = createCarrier(project, call, random);
  return {
    project,
    do: call,
    shelf,
    setDay(next) {
      day = next;
    },
    async addThing(cents, pieces) {
      const sku = `SKU-${randomUUID().slice(0, 8)}`;
      const title = { en: `Thing ${sku}`, ar: 'شيء' };
      const product = { title, taxCategory: 'standard', variant: { sku } };
      const { id: productId, variantId } = await call('product.create-product', product);
      const unitPrice = { amount: String(cents), currency: 'USD' };
      await call('product.set-prices', { listId, variants: [{ variantId, tiers: [{ unitPrice }] }] });
      await call('product.publish-product', { productId, listings: [{ channel: 'web', currency: 'USD' }] });
      await call('inventory.track-item', { itemId: variantId, sku, currency: 'USD' });
      if (pieces > 0) {
        const cost = { amount: String(pieces * 100), currency: 'USD' };
        const lines = [{ itemId: variantId, locationId: shelf, quantity: quantity(pieces), cost }];
        await call('inventory.receive-stock', { lines });
      }
      return variantId;
    },
    fillCart,
    async place(lines, tender = 'online') {
      const { cartId, total } = await fillCart(lines);
      return call('order.place-order', { cartId, expectedTotal: total, tender });
    },
    ...carrier,
    async level(variantId) {
      const [row] = await project.test.sql<Record<'on_hand' | 'reserved', string>>(
        `select coalesce(sum(on_hand), 0) on_hand, coalesce(sum(reserved), 0) reserved
         from inventory.stock_levels where item_id = $1`,
        [variantId],
      );
      return { onHand: Number(row?.on_hand), reserved: Number(row?.reserved) };
    },
    async drifts() {
      const found = [];
      for (const name of ['order.check-orders', 'billing.check-books', 'inventory.check-stock']) {
        // oxlint-disable-next-line no-await-in-loop -- one after the other.
        const { drifts } = await call(name, {});
        found.push(...drifts);
      }
      const { drifts } = await call('order.check-order-to-cash', { settledSeconds: 0, limit: 1_000_000 });
      found.push(...drifts);
      return found;
    },
    [Symbol.asyncDispose]: () => project[Symbol.asyncDispose](),
  };
}

/**
 * Carries the suites' processes and subscriptions over the events of the log: each process hears events of different
 * aggregates in any order and some of them twice, and its steps are given as commands under their keys.
 */
function createCarrier(project: SuiteProject, call: OrderShop['do'], random: () => number) {
  const sagas = suites.flatMap((suite) => suite.sagas);
  const subscriptions = suites
    .flatMap((suite) => suite.subscriptions)
    .filter(({ consumer }) => consumer.startsWith('order.'));
  const instances = new Map<string, Instance>();
  /** Those that know something new. */
  const awake = new Set<Instance>();
  let seen = 0n;

  const tell = (instance: Instance, fact: SagaFact): void => {
    awake.add(instance);
    // As the log keeps it.
    instance.state = JSON.parse(JSON.stringify(instance.saga.evolve(instance.state, fact)));
  };
  const at = (saga: Saga, key: string): Instance => {
    const id = `${saga.name}/${key}`;
    const known = instances.get(id) ?? { saga, id, state: saga.begin(key) };
    instances.set(id, known);
    return known;
  };

  const listen = async (): Promise<boolean> => {
    const rows = await project.test.sql<{
      seq: string;
      id: string;
      type: string;
      subject: string;
      time: Date;
      data: Json;
    }>(`select seq, id, type, subject, time, data from events.log where seq > $1 order by seq`, [seen.toString()]);
    for (const row of rows) if (BigInt(row.seq) > seen) seen = BigInt(row.seq);
    const events = rows.map((row) => ({ ...row, time: row.time.toISOString() }) as unknown as DomainEvent);
    for (const event of events) {
      for (const { types, useCase, input } of subscriptions) {
        const given = types.includes(event.type) ? input(event) : null;
        // oxlint-disable-next-line no-await-in-loop -- in their order.
        if (given !== null) await call(useCase.name, given, { trusted: true });
      }
    }
    // Of one aggregate in order, of several in any.
    const queues = [
      ...Map.groupBy(events, ({ subject, type }) => `${type.split('.', 2).join('.')}/${subject}`).values(),
    ];
    while (queues.length > 0) {
      const index = Math.floor(random() * queues.length);
      const event = queues[index]?.shift();
      if (queues[index]?.length === 0) queues.splice(index, 1);
      if (event === undefined) continue;
      for (const saga of sagas.filter(({ events: heard }) => heard.includes(event.type))) {
        const key = saga.key(event);
        if (key === null) continue;
        tell(at(saga, key), { kind: 'event', event });
        if (random() > 0.8) tell(at(saga, key), { kind: 'event', event });
      }
    }
    return events.length > 0;
  };

  const advance = async (instance: Instance): Promise<boolean> => {
    const { steps } = instance.saga.plan(instance.state, new Date());
    const [step] = steps;
    if (step === undefined) return awake.delete(instance) && false;
    const more = { trusted: true, idempotencyKey: `${instance.id}:${step.name}`, via: 'saga' };
    try {
      tell(instance, { kind: 'done', step: step.name, output: await call(step.useCase, step.input as object, more) });
    } catch (error) {
      if (!(error instanceof AshlarError) || error.retryable || error.kind === 'internal') throw error;
      tell(instance, { kind: 'refused', step: step.name, code: error.code, params: error.params });
    }
    return true;
  };

  return {
    async carry() {
      for (let round = 0; round < 200; round += 1) {
        // oxlint-disable-next-line no-await-in-loop -- what is done is heard of.
        let moved = await listen();
        for (const instance of awake) {
          // oxlint-disable-next-line no-await-in-loop -- one after the other.
          moved = (await advance(instance)) || moved;
        }
        if (!moved) return;
      }
      throw new Error('A process does not come to rest');
    },
    tasks: () =>
      [...instances.values()].flatMap(({ saga, state }) =>
        (saga.plan(state, new Date()).tasks ?? []).map(({ name }) => name),
      ),
    ends: () => [...instances.values()].map(({ saga, state }) => saga.plan(state, new Date()).end ?? 'running'),
    settle(task: string) {
      for (const instance of instances.values()) {
        const { tasks = [] } = instance.saga.plan(instance.state, new Date());
        if (tasks.some(({ name }) => name === task)) tell(instance, { kind: 'settled', task, note: '' });
      }
    },
    letPass(orderId: string, deadline: string) {
      const instance = instances.get(`order.order-to-cash/${orderId}`);
      if (instance !== undefined) tell(instance, { kind: 'due', deadline });
    },
  };
}
