import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RunningServer, startServer } from '@ashlar/testing';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import {
  API_KEY,
  startStripeStandIn,
  type StripeStandIn,
  WEBHOOK_SECRET,
} from '../../../suites/billing/src/card/stripe-stand-in.fixture.ts';

let dataDir: string;
let server: RunningServer;
let provider: StripeStandIn;
let eventsPath: string;
let variantId: string;
const environment = { ASHLAR_OUTBOUND_ALLOW: 'loopback' };

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'ashlar-cards-'));
  [server, provider] = await Promise.all([startServer({ dataDir, environment }), startStripeStandIn(() => new Date())]);
  const added = await server.ashlar('suite', 'add', 'product', 'inventory', 'billing', 'order');
  expect(added).toMatchObject({ code: 0 });
  await setUp();
}, 120_000);
afterAll(async () => {
  await server?.stop();
  await provider?.[Symbol.asyncDispose]();
  await rm(dataDir, { recursive: true, force: true });
});

/** JSON as a client reads it. */
// oxlint-disable-next-line typescript/no-explicit-any -- read as loosely as by a client.
type Json = any;

async function send(method: string, path: string, body?: object, key = server.secretKey): Promise<Response> {
  return fetch(`${server.url}/api/v1/${path}`, {
    method,
    headers: { apikey: key, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

async function ask(method: string, path: string, body?: object): Promise<Json> {
  const response = await send(method, path, body);
  const answer: Json = await response.json();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${JSON.stringify(answer)}`);
  return answer;
}

const post = (path: string, body: object = {}): Promise<Json> => ask('POST', path, body);
const usd = (cents: number) => ({ amount: String(cents), currency: 'USD' });
const pieces = (count: number) => ({ value: String(count), uom: 'pcs' });
const WAIT = { timeout: 60_000, interval: 50 };

async function setUp(): Promise<void> {
  await post('billing/books', { currency: 'USD', seller: { name: { en: 'The shop', ar: 'المتجر' } } });
  const rate = { code: 'VAT', name: { en: 'Tax' }, category: 'standard', percent: '10', validFrom: '2020-01-01' };
  await post('billing/tax-rates', rate);
  const settings = { secretKey: API_KEY, webhookSecret: WEBHOOK_SECRET, publishableKey: 'pk_test_shop' };
  const set = await ask('PUT', 'billing/providers/stripe', { ...settings, baseUrl: provider.url });
  ({ eventsPath } = set);
  await ask('PUT', 'order/policy', { provider: 'stripe', returnDays: 0 });
  const { id: listId } = await post('product/price-lists', { code: 'USD', currency: 'USD' });
  const { id: warehouseId } = await post('inventory/warehouses', { code: 'MAIN', name: { en: 'Main' } });
  const { id: shelf } = await post('inventory/locations', { warehouseId, code: 'SHELF' });
  const product = { title: { en: 'Tea pot' }, taxCategory: 'standard', variant: { sku: 'POT' } };
  const { id: productId, variantId: made } = await post('product/products', product);
  variantId = made;
  await ask('PUT', `product/price-lists/${listId}/prices`, {
    variants: [{ variantId, tiers: [{ unitPrice: usd(500) }] }],
  });
  await post(`product/products/${productId}/publish`, { listings: [{ channel: 'web', currency: 'USD' }] });
  const lines = [{ itemId: variantId, locationId: shelf, quantity: pieces(100), cost: usd(10_000) }];
  await vi.waitFor(() => post('inventory/receipts', { lines }), { timeout: 60_000, interval: 200 });
}

async function place(): Promise<string> {
  const { id: cartId } = await post('order/carts', { currency: 'USD', lines: [{ variantId, quantity: pieces(2) }] });
  const shipTo = { name: 'Ada', lines: 'Road 1', country: 'IQ' };
  await ask('PUT', `order/carts/${cartId}/address`, { party: { name: 'Ada' }, shipTo });
  const { priced } = await ask('GET', `order/carts/${cartId}`);
  const { id } = await post(`order/carts/${cartId}/place`, { expectedTotal: priced.total, tender: 'online' });
  return id;
}

/** The payment of an order, once the provider was asked for it: with what a page of the shop needs. */
async function stepOf(orderId: string): Promise<Json> {
  const source = encodeURIComponent(JSON.stringify({ type: 'order.order', id: orderId }));
  return vi.waitFor(async () => {
    const [payment] = (await ask('GET', `billing/payments?source=${source}`)).payments;
    const step = await ask('GET', `billing/payments/${payment.id}/step`);
    expect(step.clientSecret).toEqual(expect.any(String));
    return step;
  }, WAIT);
}

const refOf = (paymentId: string): string =>
  [...provider.intents.values()].find(({ metadata }) => metadata['payment_id'] === paymentId)?.id ?? '';
const eventOf = (paymentId: string, type = 'payment_intent.succeeded') =>
  provider.event(type, { object: 'payment_intent', id: refOf(paymentId) });

/** As the provider sends it: no key, and the bytes as they were signed. */
const tell = async (
  { body, signature }: { body: Uint8Array; signature: string },
  path = eventsPath,
): Promise<number> => {
  const headers = { 'content-type': 'application/json', 'stripe-signature': signature };
  const response = await fetch(`${server.url}${path}`, { method: 'POST', headers, body: Buffer.from(body) });
  await response.arrayBuffer();
  return response.status;
};

async function paymentOf(paymentId: string): Promise<Json> {
  const { payments } = await ask('GET', 'billing/payments?limit=200');
  return payments.find(({ id }: Json) => id === paymentId);
}
const paymentIs = (paymentId: string, expected: object): Promise<void> =>
  vi.waitFor(async () => expect(await paymentOf(paymentId)).toMatchObject(expected), WAIT);
const orderIs = (id: string, expected: object): Promise<void> =>
  vi.waitFor(async () => expect(await ask('GET', `order/orders/${id}`)).toMatchObject(expected), WAIT);

async function request(cents: number, more: object = {}): Promise<string> {
  const { id } = await post('billing/payment-requests', { provider: 'stripe', amount: usd(cents), ...more });
  return id;
}

/** The books hold what the provider holds, and agree with themselves. */
async function expectBalance(): Promise<void> {
  for (const suite of ['order', 'billing']) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other.
    expect(await post(`${suite}/checks`)).toMatchObject({ drifts: [] });
  }
  const [{ balance }] = (await server.superuserSql(
    `select coalesce(sum(l.debit - l.credit), 0)::int as balance from billing.accounts a
     join billing.journal_lines l on l.account_id = a.id where a.purpose = 'card'`,
  )) as [{ balance: number }];
  expect(balance).toBe(provider.net());
}

const CARD = 'pm_card_visa';
const changesOf = (paymentId: string): readonly string[] =>
  provider.changes.filter((change) => change.paymentId === paymentId).map(({ verb }) => verb);
const typesOf = async (paymentId: string): Promise<readonly string[]> => {
  const rows = await server.superuserSql<{ type: string }>(
    `select type from events.log where subject = $1 order by seq`,
    [paymentId],
  );
  return rows.map(({ type }) => type.replace('billing.payment.', ''));
};

/** Asked for at the beginning, and looked at in the end: it takes ten seconds to be looked after. */
let slow: string;

test('a card payment whose answer does not come is unclear', { timeout: 60_000 }, async () => {
  provider.swallowNextAnswer();
  slow = await request(700, { paymentMethod: CARD });
  await vi.waitFor(() => expect(refOf(slow)).not.toBe(''), WAIT);
  expect(await paymentOf(slow)).toMatchObject({ state: 'created' });
});

describe.concurrent('the payment of an order', { timeout: 120_000 }, () => {
  test('is told by an event, and its money goes back when the order is cancelled', async () => {
    const id = await place();
    const step = await stepOf(id);
    expect(step).toMatchObject({ state: 'pending', amount: usd(1100), publishableKey: 'pk_test_shop' });
    // In the shop's page a declined card is no end.
    const intent = provider.intents.get(refOf(step.id));
    Object.assign(intent ?? {}, { fault: { code: 'card_declined', decline_code: 'lost_card' } });
    expect(await tell(eventOf(step.id, 'payment_intent.payment_failed'))).toBe(204);
    await paymentIs(step.id, { state: 'pending', failure: 'lost_card' });
    provider.finishVisit(refOf(step.id));
    const event = eventOf(step.id);
    const created = eventOf(step.id, 'payment_intent.created');
    for (const one of [event, event, created, event]) expect(await tell(one)).toBe(204);
    await orderIs(id, { status: 'confirmed', paymentStatus: 'paid' });
    expect(await ask('GET', `billing/payments/${step.id}/step`)).toMatchObject({ clientSecret: null, visit: null });
    await post(`order/orders/${id}/cancel`, { reason: 'Changed their mind' });
    await orderIs(id, { status: 'cancelled', paymentStatus: 'refunded' });
    await paymentIs(step.id, { state: 'refunded', refunded: usd(1100), unapplied: usd(0) });
    expect(changesOf(step.id)).toEqual(['payment_intents', 'refunds']);
    expect(provider.intents.get(refOf(step.id))).toMatchObject({ received: 1100, refunded: 1100 });
    expect(await typesOf(step.id)).toEqual(['requested', 'captured', 'refund_requested', 'refunded']);
  });

  test('that was paid after all goes back by itself', async () => {
    const id = await place();
    const { id: paymentId } = await stepOf(id);
    provider.finishVisit(refOf(paymentId));
    // Its event is late; the order asks to let the payment go, and finds the money.
    await post(`order/orders/${id}/cancel`, { reason: 'Too late' });
    await paymentIs(paymentId, { state: 'refunded', refunded: usd(1100) });
    await orderIs(id, { status: 'cancelled' });
    expect(provider.intents.get(refOf(paymentId))).toMatchObject({ received: 1100, refunded: 1100 });
  });

  test('that nobody finished is let go with it', async () => {
    const id = await place();
    const { id: paymentId } = await stepOf(id);
    await post(`order/orders/${id}/cancel`, { reason: 'Changed their mind' });
    await paymentIs(paymentId, { state: 'voided' });
    await orderIs(id, { status: 'cancelled' });
    expect(provider.intents.get(refOf(paymentId))).toMatchObject({ status: 'canceled', received: 0 });
  });
});

describe('a card payment', { timeout: 120_000 }, () => {
  test('may be told by an event before our own answer', async () => {
    const held = provider.holdNextAnswer(/\/confirm$/);
    const id = await request(1000, { paymentMethod: CARD });
    await held.acted;
    expect(await tell(eventOf(id))).toBe(204);
    await paymentIs(id, { state: 'captured', captured: usd(1000) });
    held.release();
    await vi.waitFor(async () => expect(await ordersOf(id)).toEqual([{ kind: 'charge', state: 'done' }]), WAIT);
    expect(await typesOf(id)).toEqual(['requested', 'captured']);
  });

  test('that is declined has failed, and one no bank knows as well', async () => {
    const declined = await request(1400, { paymentMethod: 'pm_card_chargeDeclined' });
    await paymentIs(declined, { state: 'failed', failure: 'insufficient_funds' });
    expect(await typesOf(declined)).toEqual(['requested', 'failed']);
  });

  test('that is held is taken in part, let go, or lost when nobody takes it in time', async () => {
    const [part, whole, late] = [
      await request(1600, { paymentMethod: CARD, capture: 'manual' }),
      await request(1700, { paymentMethod: CARD, capture: 'manual' }),
      await request(1800, { paymentMethod: CARD, capture: 'manual' }),
    ];
    for (const id of [part, whole, late]) await paymentIs(id, { state: 'authorised', captured: usd(0) });
    expect((await send('POST', `billing/payments/${part}/capture`, { amount: usd(1601) })).status).toBe(409);
    const held = provider.holdNextAnswer(/\/capture$/);
    await post(`billing/payments/${part}/capture`, { amount: usd(600) });
    expect((await send('POST', `billing/payments/${part}/void`, {})).status).toBe(409);
    held.release();
    await post(`billing/payments/${whole}/void`);
    provider.expire(refOf(late));
    expect(await tell(eventOf(late, 'payment_intent.canceled'))).toBe(204);
    await paymentIs(part, { state: 'partially_captured', captured: usd(600) });
    await paymentIs(whole, { state: 'voided', captured: usd(0) });
    await paymentIs(late, { state: 'expired', captured: usd(0) });
    expect(provider.intents.get(refOf(part))).toMatchObject({ received: 600, capturable: 0 });
  });

  test('goes back when the provider has said so, and not before', async () => {
    const id = await request(2000, { paymentMethod: CARD });
    await paymentIs(id, { state: 'captured' });
    const held = provider.holdNextAnswer(/\/refunds$/);
    const asked = await post(`billing/payments/${id}/refunds`, { amount: usd(500), reason: 'Broken' });
    expect(asked).toMatchObject({ state: 'captured', refunded: usd(0), promised: usd(500), unapplied: usd(1500) });
    expect((await send('POST', `billing/payments/${id}/refunds`, { amount: usd(1501), reason: 'More' })).status).toBe(
      409,
    );
    await held.acted;
    held.release();
    await paymentIs(id, { state: 'partially_refunded', refunded: usd(500) });
    // Somebody gives more back in the provider's own pages, so that ours is refused.
    provider.refundByHand(refOf(id), 1500);
    await post(`billing/payments/${id}/refunds`, { amount: usd(100), reason: 'Once more' });
    await paymentIs(id, { state: 'refunded', refunded: usd(2000), unapplied: usd(0) });
    await vi.waitFor(async () => expect(await typesOf(id)).toContain('refund_failed'), WAIT);
  });

  test('that is disputed is told, and what is lost has gone back', async () => {
    const id = await request(900, { paymentMethod: CARD });
    await paymentIs(id, { state: 'captured' });
    const dispute = () =>
      provider.event('charge.dispute.updated', { object: 'dispute', id: 'dp_1', payment_intent: refOf(id) });
    provider.dispute(refOf(id), 'needs_response');
    await tell(dispute());
    await paymentIs(id, { state: 'disputed', refunded: usd(0) });
    provider.dispute(refOf(id), 'lost');
    await tell(dispute());
    await paymentIs(id, { state: 'lost', refunded: usd(900), unapplied: usd(0) });
    expect(await typesOf(id)).toEqual(['requested', 'captured', 'disputed', 'refunded', 'disputed']);
  });

  test('is charged once, though the server is killed before it could say so', async () => {
    const held = provider.holdNextAnswer(/\/confirm$/);
    const id = await request(3000, { paymentMethod: CARD });
    await held.acted;
    await server.end('SIGKILL');
    held.release();
    server = await startServer({ dataDir, environment });
    await paymentIs(id, { state: 'captured', captured: usd(3000) });
    expect(changesOf(id)).toEqual(['payment_intents', 'confirm']);
  });

  test('whose answer did not come is looked after until it is known, and the books hold what the provider holds', async () => {
    await paymentIs(slow, { state: 'captured', captured: usd(700) });
    expect(changesOf(slow)).toEqual(['payment_intents', 'confirm']);
    await expectBalance();
  });
});

describe('an event of the provider', { timeout: 60_000 }, () => {
  test('that is forged, changed, old or sent elsewhere changes nothing', async () => {
    const id = await request(800);
    await vi.waitFor(() => expect(refOf(id)).not.toBe(''), WAIT);
    provider.finishVisit(refOf(id));
    const object = { object: 'payment_intent', id: refOf(id) };
    const right = eventOf(id);
    const forged = provider.event('payment_intent.succeeded', object, new Date(), 'whsec_of_somebody_else');
    const old = provider.event('payment_intent.succeeded', object, new Date(Date.now() - 600_000));
    const changed = { ...right, body: Buffer.concat([right.body, Buffer.from('\n')]) };
    for (const one of [forged, old, changed, { ...right, signature: '' }]) expect(await tell(one)).toBe(400);
    expect(await tell({ ...right, body: Buffer.alloc(300_000, 32) })).toBe(413);
    const [, hook = ''] = /providers\/(\w+)\//.exec(eventsPath) ?? [];
    const elsewhere = [`${hook.slice(0, 60)}0000`, `${'f'.repeat(32)}${hook.slice(32)}`, 'stripe', '%2e%2e'];
    for (const one of elsewhere) expect(await tell(right, eventsPath.replace(hook, one))).toBe(404);
    expect(await paymentOf(id)).toMatchObject({ captured: usd(0) });
    // No key is asked for here, so a wrong one is none; everywhere else it is refused.
    expect(await tell({ ...right, signature: '' }, `${eventsPath}?apikey=forged`)).toBe(400);
    expect((await send('GET', 'billing/payments', undefined, 'sb_secret_forged')).status).toBe(401);
    // About somebody else's payment on the same account, and about nothing of ours at all.
    expect(await tell(provider.event('customer.created', { object: 'customer', id: 'cus_1' }))).toBe(204);
    expect(await tell(provider.event('payment_intent.succeeded', { ...object, id: 'pi_unknown' }))).toBe(204);
    expect(await tell(right)).toBe(204);
    await paymentIs(id, { state: 'captured' });
  });
});

describe('the secrets of a provider', () => {
  test('are told to nobody, and kept nowhere as they are', async () => {
    const told = JSON.stringify([
      await ask('GET', 'billing/providers'),
      await ask('GET', 'billing/providers/stripe'),
      await ask('PUT', 'billing/providers/stripe', { secretKey: API_KEY, webhookSecret: WEBHOOK_SECRET }),
    ]);
    const kept = await server.superuserSql<{ found: string }>(
      `select to_jsonb(a)::text as found from suites.audit a union all select to_jsonb(a)::text from suites.answers a
       union all select to_jsonb(e)::text from events.log e union all select to_jsonb(p)::text from billing.providers p`,
    );
    const texts = [told, ...kept.map(({ found }) => found)].join('\n');
    expect(texts).toContain('pk_test_shop');
    for (const secret of [API_KEY, WEBHOOK_SECRET]) expect(texts).not.toContain(secret);
    const asOwner = server.sql('set role service_role; select secret_key from billing.providers');
    await expect(asOwner).rejects.toThrow(/permission denied/);
  });

  test('are sent to no address the operator did not name', async () => {
    for (const baseUrl of [
      'http://10.0.0.1',
      'https://stripe.example.com',
      'http://169.254.169.254/',
      'http://[::ffff:a00:1]',
    ]) {
      const refused = await send('PUT', 'billing/providers/other', { secretKey: 'sk_test_other', baseUrl });
      expect(refused.status).toBe(422);
      expect(await refused.json()).toMatchObject({ code: 'billing.provider_url_refused' });
    }
    const broken = await send('PUT', 'billing/providers/other', { secretKey: 'sk_with a space', active: true });
    expect(broken.status).toBe(422);
    expect(await broken.text()).not.toContain('sk_with');
    expect((await send('PUT', 'billing/providers/other', { publishableKey: 'pk_test_other' })).status).toBe(422);
  });

  test('serve a payment only while the provider is active', async () => {
    await ask('PUT', 'billing/providers/idle', { secretKey: 'sk_test_idle', active: false });
    const refused = await send('POST', 'billing/payment-requests', { provider: 'idle', amount: usd(100) });
    expect(await refused.json()).toMatchObject({ code: 'billing.provider_inactive' });
  });
});

async function ordersOf(paymentId: string): Promise<readonly object[]> {
  return server.superuserSql('select kind, state from billing.provider_orders where payment_id = $1', [paymentId]);
}
