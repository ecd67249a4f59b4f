import { readPdf, type RunningServer, startServer } from '@ashlar/testing';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';

let server: RunningServer;
beforeAll(async () => {
  server = await startServer();
  const added = await server.ashlar('suite', 'add', 'product', 'inventory', 'billing', 'order');
  expect(added).toMatchObject({ code: 0 });
});
afterAll(() => server?.stop());

/** JSON as a client reads it. */
// oxlint-disable-next-line typescript/no-explicit-any -- read as loosely as by a client.
type Json = any;

async function ask(method: string, path: string, body?: object): Promise<Json> {
  const response = await fetch(`${server.url}/api/v1/${path}`, {
    method,
    headers: { apikey: server.secretKey, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const answer: Json = await response.json();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${JSON.stringify(answer)}`);
  return answer;
}

/** The texts of a paper. */
async function paper(path: string): Promise<readonly string[]> {
  const response = await fetch(`${server.url}/api/v1/order/${path}`, { headers: { apikey: server.secretKey } });
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/pdf']);
  return readPdf(new Uint8Array(await response.arrayBuffer())).pages.flat();
}

const post = (path: string, body: object = {}): Promise<Json> => ask('POST', path, body);
const usd = (cents: number) => ({ amount: String(cents), currency: 'USD' });
const pieces = (count: number) => ({ value: String(count), uom: 'pcs' });

/** The processes go on by themselves; this waits until the order says so. */
const orderIs = (id: string, expected: object): Promise<void> =>
  vi.waitFor(async () => expect(await ask('GET', `order/orders/${id}`)).toMatchObject(expected), {
    timeout: 60_000,
    interval: 100,
  });

/** Orders, stock and books agree within themselves, and the books balance. */
async function expectBalance(): Promise<void> {
  for (const suite of ['order', 'inventory', 'billing']) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other.
    expect(await post(`${suite}/checks`)).toMatchObject({ drifts: [] });
  }
  const { debit, credit } = await ask('GET', 'billing/reports/trial-balance');
  expect(debit).toEqual(credit);
}

/** A shop with one thing at 5.00 and 10 % tax, of which there are ten at 1.00 each. */
async function setUp(): Promise<{ variantId: string; shelf: string }> {
  await post('billing/books', { currency: 'USD', seller: { name: { en: 'The shop', ar: 'المتجر' } } });
  const rate = { code: 'VAT', name: { en: 'Tax' }, category: 'standard', percent: '10', validFrom: '2020-01-01' };
  await post('billing/tax-rates', rate);
  await ask('PUT', 'order/policy', {});
  const { id: listId } = await post('product/price-lists', { code: 'USD', currency: 'USD' });
  const { id: warehouseId } = await post('inventory/warehouses', { code: 'MAIN', name: { en: 'Main' } });
  const { id: shelf } = await post('inventory/locations', { warehouseId, code: 'SHELF' });
  const title = { en: 'Tea pot', ar: 'إبريق شاي' };
  const product = { title, taxCategory: 'standard', variant: { sku: 'POT' } };
  const { id: productId, variantId } = await post('product/products', product);
  const variants = [{ variantId, tiers: [{ unitPrice: usd(500) }] }];
  await ask('PUT', `product/price-lists/${listId}/prices`, { variants });
  await post(`product/products/${productId}/publish`, { listings: [{ channel: 'web', currency: 'USD' }] });
  const lines = [{ itemId: variantId, locationId: shelf, quantity: pieces(10), cost: usd(1000) }];
  // The stock hears of the product by its event.
  await vi.waitFor(() => post('inventory/receipts', { lines }), { timeout: 60_000, interval: 200 });
  return { variantId, shelf };
}

test(
  'product, stock, order, pick, invoice, payment, shipping, return, credit and refund: the books balance after each',
  { timeout: 300_000 },
  async () => {
    const { variantId, shelf } = await setUp();
    await expectBalance();

    const { id: cartId } = await post('order/carts', {
      currency: 'USD',
      lines: [{ variantId, quantity: pieces(3) }],
    });
    const shipTo = { name: 'Ada', lines: 'Road 1', country: 'IQ' };
    await ask('PUT', `order/carts/${cartId}/address`, { party: { name: 'Ada' }, shipTo });
    const { priced } = await ask('GET', `order/carts/${cartId}`);
    expect(priced.total).toEqual(usd(1650));
    const placing = { expectedTotal: priced.total, tender: 'online' };
    const { id } = await post(`order/carts/${cartId}/place`, placing);

    // Held, invoiced, and the provider asked: all by the process.
    await orderIs(id, { status: 'placed', lines: [{ reserved: '3', invoiced: '3' }] });
    await expectBalance();
    const source = encodeURIComponent(JSON.stringify({ type: 'order.order', id }));
    const asked = () => ask('GET', `billing/payments?source=${source}`);
    await vi.waitFor(async () => expect((await asked()).payments).toHaveLength(1), { timeout: 60_000 });
    const { payments } = await asked();
    const paymentId: string = payments[0].id;

    const told = { status: 'captured', authorised: usd(1650), captured: usd(1650) };
    await post(`billing/payments/${paymentId}/facts`, told);
    await orderIs(id, { status: 'confirmed', paymentStatus: 'paid' });
    await expectBalance();

    const { id: fulfilmentId } = await post(`order/orders/${id}/fulfilments`);
    expect(await paper(`orders/${id}/confirmation/pdf`)).toContain('USD\u00A016.50');
    expect(await paper(`fulfilments/${fulfilmentId}/pick-list/pdf?language=ar`)).toContain('SHELF');
    expect(await paper(`fulfilments/${fulfilmentId}/packing-slip/pdf?copy=true`)).toContain('Copy');
    await post(`order/fulfilments/${fulfilmentId}/picks`, { variantId, quantity: pieces(3) });
    await post(`order/fulfilments/${fulfilmentId}/pack`);
    await post(`order/fulfilments/${fulfilmentId}/ship`);
    await orderIs(id, { status: 'fulfilled', fulfilmentStatus: 'full' });
    await expectBalance();
    await post(`order/fulfilments/${fulfilmentId}/deliver`);

    const back = { lines: [{ line: 1, quantity: pieces(1) }], reason: 'Broken' };
    const { id: returnId } = await post(`order/orders/${id}/returns`, back);
    await post(`order/returns/${returnId}/approve`);
    expect(await paper(`returns/${returnId}/slip/pdf`)).toContain('Broken');
    await post(`order/returns/${returnId}/receive`);
    await post(`order/returns/${returnId}/inspect`, {
      lines: [{ line: 1, restock: '1', scrap: '0' }],
      locationId: shelf,
    });
    await orderIs(id, { paymentStatus: 'partially_refunded', refunded: usd(550), returns: [{ state: 'closed' }] });
    await expectBalance();

    const { invoices } = await ask('GET', `billing/invoices?source=${source}`);
    expect(invoices.map(({ kind, open }: Json) => [kind, open.amount]).toSorted()).toEqual([
      ['credit_note', '0'],
      ['invoice', '0'],
    ]);
    // 10 came in, 3 left, 1 came back, at 1.00 each.
    const sheet = await ask('GET', 'billing/reports/balance-sheet');
    const inventory = sheet.assets.find(({ code }: Json) => code === '1200');
    expect(inventory.balance).toEqual(usd(800));
    expect(sheet.totalAssets).toEqual(sheet.totalLiabilitiesAndEquity);
    const [instance] = (await ask('GET', 'sagas?saga=order.order-to-cash')).sagas;
    const saga = await ask('GET', `sagas/${instance.id}`);
    expect(saga.steps.map(({ name }: Json) => name)).toEqual(expect.arrayContaining(['reserve', 'describe']));
    expect(saga.steps.filter(({ state }: Json) => state !== 'done')).toEqual([]);
  },
);
