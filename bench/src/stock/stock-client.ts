import { randomUUID } from 'node:crypto';
import { Agent, request } from 'node:http';
import type { Instance } from '../instance/instance.ts';

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** A shop's software: it calls the suite over HTTP, on connections that are kept. */
export interface StockClient extends Disposable {
  readonly shelf: string;
  /** @returns The id of a new item. */
  addItem(): Promise<string>;
  receive(itemId: string, lines: number, piecesEach: number): Promise<void>;
  /** One piece. */
  hold(itemId: string): Promise<Answer>;
  issue(itemId: string): Promise<Answer>;
}

const pieces = (count: number) => ({ value: String(count), uom: 'pcs' });

/** Opens a shop with one shelf. The instance has the suite already. */
export async function openStockClient({ url, keys }: Instance, connections: number): Promise<StockClient> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const headers = { apikey: keys.keys.serviceRoleKey, 'content-type': 'application/json' };

  const send = (method: string, path: string, input: object): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const text = JSON.stringify(input);
      const length = Buffer.byteLength(text);
      const sent = request(
        `${url}/api/v1/inventory${path}`,
        { method, agent, headers: { ...headers, 'content-length': length } },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('end', () => {
            resolve({ status: response.statusCode ?? 0, body: JSON.parse(Buffer.concat(chunks).toString() || 'null') });
          });
          response.on('error', reject);
        },
      );
      sent.on('error', reject);
      sent.end(text);
    });
  const done = async (method: string, path: string, input: object): Promise<{ readonly id: string }> => {
    const { status, body } = await send(method, path, input);
    if (status !== 200) throw new Error(`${method} ${path}: ${status} ${JSON.stringify(body)}`);
    // The routes asked here all answer an id.
    return body as { readonly id: string };
  };

  const { id: warehouseId } = await done('POST', '/warehouses', { code: `BENCH-${randomUUID()}` });
  const { id: shelf } = await done('POST', '/locations', { warehouseId, code: randomUUID() });
  return {
    shelf,
    async addItem() {
      const itemId = randomUUID();
      await done('PUT', `/items/${itemId}`, { sku: itemId, currency: 'USD' });
      return itemId;
    },
    async receive(itemId, lines, piecesEach) {
      const line = {
        itemId,
        locationId: shelf,
        quantity: pieces(piecesEach),
        cost: { amount: String(piecesEach * 137), currency: 'USD' },
      };
      await done('POST', '/receipts', { lines: Array.from({ length: lines }, () => line) });
    },
    hold: (itemId) =>
      send('POST', '/holds', {
        source: { type: 'order', id: randomUUID() },
        lines: [{ itemId, quantity: pieces(1) }],
      }),
    issue: (itemId) => send('POST', '/issues', { lines: [{ itemId, locationId: shelf, quantity: pieces(1) }] }),
    [Symbol.dispose]: () => agent.destroy(),
  };
}
