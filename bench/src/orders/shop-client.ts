import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'pg';
import type { Instance } from '../instance/instance.ts';

export interface WishedLine {
  readonly variantId: string;
  readonly quantity: { readonly value: string; readonly uom: string };
}

/** A cart that can be placed: somebody has seen what it comes to. */
export interface ReadyCart {
  readonly cartId: string;
  readonly expectedTotal: unknown;
}

/** A web shop's software: it calls the suites over HTTP, on connections that are kept. */
export interface ShopClient extends Disposable {
  readonly variants: readonly string[];
  send(method: string, path: string, input?: object): Promise<unknown>;
  fillCart(lines: readonly WishedLine[]): Promise<ReadyCart>;
  place(cart: ReadyCart): Promise<void>;
}

const CONNECTIONS = 32;
const FOLLOWED_WITHIN_MS = 120_000;

export const piecesOf = (variantId: string, pieces = 1): WishedLine => ({
  variantId,
  quantity: { value: String(pieces), uom: 'pcs' },
});

/**
 * Opens a shop with so many things at a price, in stock and taxed. The instance has the suites already.
 *
 * @param admin The server's administrator: only a page of the catalogue is published by it, in one statement.
 */
export async function openShop({ url, keys }: Instance, admin: Client, things: number): Promise<ShopClient> {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const headers = { apikey: keys.keys.serviceRoleKey, 'content-type': 'application/json' };
  const send: ShopClient['send'] = async (method, path, input) => {
    for (;;) {
      const { status, body } = await exchange(`${url}/api/v1${path}`, { method, agent, headers }, input);
      if (status === 200) return body;
      // Every answer but a success is a problem document.
      if ((body as { readonly retryable?: boolean }).retryable === true) continue;
      throw new Error(`${method} ${path}: ${status} ${JSON.stringify(body)}`);
    }
  };
  // The routes asked here all answer an id.
  const make = async (path: string, input: object): Promise<string> =>
    ((await send('POST', path, input)) as { readonly id: string }).id;

  await send('POST', '/billing/books', { currency: 'USD', seller: { name: { en: 'The bench' } } });
  const rate = { code: 'VAT', name: { en: 'Tax' }, category: 'standard', percent: '10', validFrom: '2020-01-01' };
  await send('POST', '/billing/tax-rates', rate);
  await make('/product/price-lists', { code: 'USD', currency: 'USD' });
  const shelf = await make('/inventory/locations', {
    warehouseId: await make('/inventory/warehouses', { code: 'BENCH' }),
    code: 'SHELF',
  });
  const rows = Array.from({ length: things }, (_, n) => ({
    sku: `BENCH-${n}`,
    'title.en': `Thing ${n}`,
    tax_category: 'standard',
    'price.usd': `${(n % 90) + 1}.99`,
  }));
  await send('POST', '/product/products/import', { rows });
  await admin.query(`
    insert into product.channel_listings (org_id, product_id, channel, currency)
      select org_id, id, 'web', 'USD' from product.products;
    update product.products set status = 'active', published_at = now();
    analyze`);
  const { rows: variants } = await admin.query<{ id: string }>('select id from product.variants order by sku');
  await untilFollowed(admin, things);
  const lines = variants.map(({ id: itemId }) => ({
    itemId,
    locationId: shelf,
    quantity: { value: '1000000', uom: 'pcs' },
    cost: { amount: '1000000', currency: 'USD' },
  }));
  await send('POST', '/inventory/receipts', { lines });
  return {
    variants: variants.map(({ id }) => id),
    send,
    async fillCart(wished) {
      const cartId = await make('/order/carts', { currency: 'USD', lines: wished });
      const shipTo = { name: 'Ada', lines: 'Road 1', country: 'IQ' };
      await send('PUT', `/order/carts/${cartId}/address`, { party: { name: 'Ada' }, shipTo });
      // The contract of order.get-cart.
      const { priced } = (await send('GET', `/order/carts/${cartId}`)) as { priced: { total: unknown } };
      return { cartId, expectedTotal: priced.total };
    },
    async place({ cartId, expectedTotal }) {
      await send('POST', `/order/carts/${cartId}/place`, { expectedTotal, tender: 'by_hand' });
    },
    [Symbol.dispose]: () => agent.destroy(),
  };
}

async function untilFollowed(admin: Client, things: number): Promise<void> {
  const giveUpAt = performance.now() + FOLLOWED_WITHIN_MS;
  for (;;) {
    const { rows } = await admin.query<{ n: number }>('select count(*)::int as n from inventory.items');
    if ((rows[0]?.n ?? 0) >= things) return;
    if (performance.now() > giveUpAt) throw new Error('The stock did not follow the catalogue');
    await sleep(50);
  }
}

function exchange(
  url: string,
  options: { readonly method: string; readonly agent: Agent; readonly headers: Readonly<Record<string, string>> },
  input: object | undefined,
): Promise<{ readonly status: number; readonly body: unknown }> {
  const text = input === undefined ? '' : JSON.stringify(input);
  const headers = { ...options.headers, 'content-length': Buffer.byteLength(text) };
  return new Promise((resolve, reject) => {
    const sent = request(url, { ...options, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, body: JSON.parse(Buffer.concat(chunks).toString() || 'null') });
      });
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(text);
  });
}
