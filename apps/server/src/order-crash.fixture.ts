import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { RunningServer } from '@ashlar/testing';
import { vi } from 'vitest';

/** JSON as a client reads it. */
// oxlint-disable-next-line typescript/no-explicit-any -- read as loosely as by a client.
type Json = any;

/** What somebody means an order to come to. */
export type Fate =
  /** Paid, sent in one parcel or two, delivered, completed. */
  | 'kept'
  /** The provider says no. Where goods left before, it is asked again, and says yes. */
  | 'declined'
  /** Its customer thinks better of it, some before and some after paying. */
  | 'cancelled'
  /** More than there ever was. */
  | 'short'
  /** One of its pieces comes back. */
  | 'returned'
  /** The provider says no, and later that the money came. */
  | 'late'
  /** Nobody pays, and it is cancelled when the time for it is over. */
  | 'unpaid';

export interface Policy {
  readonly invoiceOn: 'place' | 'capture' | 'ship';
  readonly captureOn: 'place' | 'ship';
  readonly returnDays: number;
  readonly paymentMinutes: number;
}

/** An order in the books of those it is about, who are no part of the server. */
export interface WorldOrder {
  readonly id: string;
  readonly fate: Fate;
  readonly policy: Policy;
  readonly pieces: number;
  /** Cents the provider took, by payment. */
  readonly taken: Map<string, number>;
}

export const PRICE = 500;
/** With its tax. */
export const GROSS = 550;
export const COST = 100;
/** Of an order nobody can fulfil. */
const TOO_MANY = 1_000_000;
const usd = (cents: number) => ({ amount: String(cents), currency: 'USD' });
const pieces = (count: number) => ({ value: String(count), uom: 'pcs' });
const POLL_MS = 150;

/**
 * Those around the server: customers, a payment provider, people who pack and people who settle tasks. Whatever they
 * ask for they ask again under the same key until it is answered.
 */
export class OrderWorld {
  readonly #server: () => RunningServer;
  readonly #patienceMs: number;
  readonly orders: WorldOrder[] = [];
  /** Answers that said nothing about why; there should be none. */
  readonly faults: string[] = [];
  #variantId = '';
  #shelf = '';

  constructor(server: () => RunningServer, patienceMs: number) {
    this.#server = server;
    this.#patienceMs = patienceMs;
  }

  /** @returns The answer, whatever it says; asked again for as long as the server is away. */
  async ask(method: string, path: string, body?: object): Promise<{ readonly status: number; readonly body: Json }> {
    const key = randomUUID();
    const until = performance.now() + this.#patienceMs;
    for (;;) {
      try {
        const { url, secretKey } = this.#server();
        const response = await fetch(`${url}/api/v1/${path}`, {
          method,
          headers: {
            apikey: secretKey,
            'content-type': 'application/json',
            ...(method === 'GET' ? {} : { 'idempotency-key': key }),
          },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
          signal: AbortSignal.timeout(15_000),
        });
        const answer: Json = await response.json();
        if (response.status < 500 && answer?.retryable !== true) return { status: response.status, body: answer };
        if (response.status === 500) this.faults.push(`${method} ${path}: ${JSON.stringify(answer)}`);
        if (performance.now() > until) throw new Error(`${method} ${path}: ${JSON.stringify(answer)}`);
      } catch (error) {
        if (performance.now() > until) throw error;
      }
      await delay(100);
    }
  }

  async #do(method: string, path: string, body: object = {}): Promise<Json> {
    const answer = await this.ask(method, path, method === 'GET' ? undefined : body);
    if (answer.status >= 400) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  post(path: string, body: object = {}): Promise<Json> {
    return this.#do('POST', path, body);
  }

  get(path: string): Promise<Json> {
    return this.#do('GET', path);
  }

  /** A shop with one thing, of which there are so many. */
  async openShop(count: number): Promise<void> {
    await this.post('billing/books', { currency: 'USD', seller: { name: { en: 'The shop', ar: 'المتجر' } } });
    const rate = { code: 'VAT', name: { en: 'Tax' }, category: 'standard', percent: '10', validFrom: '2020-01-01' };
    await this.post('billing/tax-rates', rate);
    const { id: listId } = await this.post('product/price-lists', { code: 'USD', currency: 'USD' });
    const { id: warehouseId } = await this.post('inventory/warehouses', { code: 'MAIN', name: { en: 'Main' } });
    this.#shelf = (await this.post('inventory/locations', { warehouseId, code: 'SHELF' })).id;
    const title = { en: 'Tea pot', ar: 'إبريق شاي' };
    const product = { title, taxCategory: 'standard', variant: { sku: 'POT' } };
    const { id: productId, variantId } = await this.post('product/products', product);
    this.#variantId = variantId;
    const variants = [{ variantId, tiers: [{ unitPrice: usd(PRICE) }] }];
    await this.#do('PUT', `product/price-lists/${listId}/prices`, { variants });
    await this.post(`product/products/${productId}/publish`, { listings: [{ channel: 'web', currency: 'USD' }] });
    const lines = [{ itemId: variantId, locationId: this.#shelf, quantity: pieces(count), cost: usd(count * COST) }];
    // The stock hears of the product by its event.
    await vi.waitFor(() => this.post('inventory/receipts', { lines }), { timeout: 30_000, interval: 100 });
  }

  setPolicy(policy: Policy): Promise<Json> {
    return this.#do('PUT', 'order/policy', policy);
  }

  async place(fate: Fate, policy: Policy, count: number): Promise<WorldOrder> {
    const wanted = fate === 'short' ? TOO_MANY : count;
    const { id: cartId } = await this.post('order/carts', {
      currency: 'USD',
      lines: [{ variantId: this.#variantId, quantity: pieces(wanted) }],
    });
    const shipTo = { name: 'Ada', lines: 'Road 1', country: 'IQ' };
    await this.#do('PUT', `order/carts/${cartId}/address`, { party: { name: 'Ada' }, shipTo });
    const expectedTotal = usd(wanted * GROSS);
    const { id } = await this.post(`order/carts/${cartId}/place`, { expectedTotal, tender: 'online' });
    const order: WorldOrder = { id, fate, policy, pieces: wanted, taken: new Map() };
    this.orders.push(order);
    return order;
  }

  /** Does for an order what its fate wants, until nothing more will come. */
  async live(order: WorldOrder): Promise<void> {
    const until = performance.now() + this.#patienceMs;
    for (;;) {
      const seen = await this.get(`order/orders/${order.id}`);
      await this.#provide(order, seen);
      if (await this.#isOver(order, seen)) return;
      if (order.fate === 'cancelled') await this.#cancel(order, seen);
      else await this.#send(order, seen);
      if (performance.now() > until) {
        throw new Error(`${order.fate} ${JSON.stringify(order.policy)}: ${JSON.stringify(seen)}`);
      }
      await delay(POLL_MS * (0.5 + Math.random()));
    }
  }

  async sagas(orderId: string): Promise<Json[]> {
    return (await this.get(`sagas?saga=order.order-to-cash&key=${orderId}`)).sagas;
  }

  /** The provider: takes the money, or says no; each word is sent twice under one id, as providers do. */
  async #provide(order: WorldOrder, seen: Json): Promise<void> {
    const source = encodeURIComponent(JSON.stringify({ type: 'order.order', id: order.id }));
    const { payments } = await this.get(`billing/payments?source=${source}`);
    for (const { id, state, amount } of payments) {
      const cents = Number(amount.amount);
      const isFirst = payments.length === 1;
      const isLate = seen.status === 'cancelled' || order.policy.captureOn === 'ship';
      if (state === 'created' || state === 'pending') {
        if (order.fate === 'unpaid' || (order.fate === 'cancelled' && order.pieces % 2 === 0)) continue;
        if ((order.fate === 'declined' || order.fate === 'late') && isFirst) {
          await this.#tell(id, { status: 'failed', failure: 'declined' });
        } else {
          await this.#tell(id, { status: 'captured', authorised: usd(cents), captured: usd(cents) });
          order.taken.set(id, cents);
        }
      } else if (state === 'failed' && order.fate === 'late' && isLate && !order.taken.has(id)) {
        await this.#tell(id, { status: 'captured', authorised: usd(cents), captured: usd(cents) });
        order.taken.set(id, cents);
      }
    }
  }

  async #tell(paymentId: string, fact: object): Promise<void> {
    const told = { eventId: randomUUID(), ...fact };
    await Promise.all([
      this.post(`billing/payments/${paymentId}/facts`, told),
      this.post(`billing/payments/${paymentId}/facts`, told),
    ]);
  }

  async #cancel(order: WorldOrder, seen: Json): Promise<void> {
    const isReady = order.pieces % 2 === 0 || seen.status === 'confirmed';
    if (!isReady || seen.isBeingCancelled || seen.status === 'cancelled') return;
    await this.post(`order/orders/${order.id}/cancel`, { reason: 'Thought better of it' });
  }

  /** People who pack, send and deliver, and take back what comes back. */
  async #send(order: WorldOrder, seen: Json): Promise<void> {
    const { id } = order;
    const open = seen.fulfilments.filter(({ state }: Json) => state !== 'cancelled');
    if ((seen.status === 'confirmed' || seen.status === 'in_fulfilment') && open.length < parcelsOf(order)) {
      const isLast = open.length + 1 === parcelsOf(order);
      const lines = isLast ? {} : { lines: [{ line: 1, quantity: pieces(1) }] };
      const { id: fulfilmentId } = await this.post(`order/orders/${id}/fulfilments`, lines);
      await this.post(`order/fulfilments/${fulfilmentId}/pack`);
      await this.post(`order/fulfilments/${fulfilmentId}/ship`);
      return;
    }
    for (const { id: fulfilmentId, state } of open) {
      if (state === 'shipped') await this.post(`order/fulfilments/${fulfilmentId}/deliver`);
    }
    const isThere = seen.status === 'fulfilled' && open.every(({ state }: Json) => state === 'delivered');
    if (order.fate === 'returned' && isThere && seen.returns.length === 0 && paid(order) >= order.pieces * GROSS) {
      const lines = [{ line: 1, quantity: pieces(1) }];
      const { id: returnId } = await this.post(`order/orders/${id}/returns`, { lines, reason: 'Broken' });
      await this.post(`order/returns/${returnId}/approve`);
      await this.post(`order/returns/${returnId}/receive`);
      const inspected = [{ line: 1, restock: '1', scrap: '0' }];
      await this.post(`order/returns/${returnId}/inspect`, { lines: inspected, locationId: this.#shelf });
    }
  }

  async #isOver(order: WorldOrder, seen: Json): Promise<boolean> {
    const { fate, taken } = order;
    const { status, paymentStatus, returns } = seen;
    if (fate === 'short') return status === 'rejected';
    if (fate === 'returned') return returns[0]?.state === 'closed' && paymentStatus === 'partially_refunded';
    // What comes late is told before anybody looks after the task that it did not come.
    if (fate === 'late' && taken.size === 0) return false;
    const isEnded = isSent(order)
      ? status === 'completed'
      : status === 'cancelled' && (taken.size === 0 || paymentStatus === 'refunded');
    // The last task may come after the order has ended: that money was late.
    return (await this.#settle(order)) && isEnded;
  }

  /** People who look after tasks. @returns Whether the process has nothing left to do, and asks nobody. */
  async #settle({ id, taken }: WorldOrder): Promise<boolean> {
    const [instance] = await this.sagas(id);
    if (instance?.status !== 'needs_help') return instance !== undefined && instance.status !== 'running';
    const { tasks } = await this.get(`sagas/${instance.id}`);
    for (const { task, state } of tasks) {
      // Money that has come is not asked for again: its word is on the way.
      if (state !== 'open' || (task.includes('fix:pay') && taken.size > 0)) continue;
      // Another who saw to it, or the process itself, may have been faster.
      await Promise.all([1, 2].map(() => this.ask('POST', `sagas/${instance.id}/settle`, { task, note: 'Seen to' })));
    }
    return false;
  }
}

/** Whether its goods go out at all: a payment that fails after they left takes nothing back. */
export const isSent = ({ fate, policy }: WorldOrder): boolean =>
  fate === 'kept' || fate === 'returned' || ((fate === 'declined' || fate === 'late') && policy.captureOn === 'ship');
/** The larger ones leave in two parcels. */
const parcelsOf = ({ pieces: count }: WorldOrder): number => (count >= 3 ? 2 : 1);
export const paid = ({ taken }: WorldOrder): number => [...taken.values()].reduce((sum, cents) => sum + cents, 0);
