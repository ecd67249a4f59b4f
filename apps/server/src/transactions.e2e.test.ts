import { randomUUID } from 'node:crypto';
import { createClient, type SupabaseClient } from '@supabase/supabase-js';
import { startServer, type RunningServer } from '@ashlar/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';

const SCHEMA = `
  create table orders (id bigint generated always as identity primary key, owner uuid not null default auth.uid(), note text);
  create table lines (order_id bigint references orders, product text, quantity int check (quantity > 0));
  alter table orders enable row level security;
  create policy own on orders to authenticated using (owner = auth.uid());
`;

let server: RunningServer;

beforeAll(async () => {
  server = await startServer();
  await server.sql(SCHEMA);
});
afterAll(async () => {
  await server?.stop();
});

interface Answer {
  readonly status: number;
  readonly replayed: string | null;
  readonly json: unknown;
}

interface Person {
  readonly supabase: SupabaseClient;
  transaction(operations: readonly object[], key?: string): Promise<Answer>;
}

async function person(email: string): Promise<Person> {
  const supabase = createClient(server.url, server.publishableKey, {
    auth: { persistSession: false, autoRefreshToken: false },
  });
  const { data } = await supabase.auth.signUp({ email, password: 'correct horse battery' });
  return {
    supabase,
    async transaction(operations, key = randomUUID()) {
      const response = await fetch(`${server.url}/rest/v1/transaction`, {
        method: 'POST',
        headers: {
          apikey: server.publishableKey,
          authorization: `Bearer ${data.session?.access_token ?? ''}`,
          'content-type': 'application/json',
          'idempotency-key': key,
        },
        body: JSON.stringify({ operations }),
      });
      return {
        status: response.status,
        replayed: response.headers.get('idempotency-replayed'),
        json: await response.json(),
      };
    },
  };
}

test('a signed-in person places an order and its lines at once, and sends it again safely', async () => {
  const ada = await person('ada@example.org');
  const bob = await person('bob@example.org');
  const key = randomUUID();
  const order = [
    { op: 'insert', table: 'orders', values: { note: 'first' }, returning: 'id', single: true },
    { op: 'insert', table: 'lines', values: [{ order_id: { $ref: '/0/data/id' }, product: 'nut', quantity: 3 }] },
  ];
  const placed = await ada.transaction(order, key);
  expect(placed).toMatchObject({
    status: 200,
    replayed: null,
    json: {
      results: [
        { status: 201, count: 1, data: { id: expect.any(Number) } },
        { status: 201, count: 1 },
      ],
    },
  });
  expect(await ada.transaction(order, key)).toEqual({ ...placed, replayed: 'true' });
  expect((await bob.transaction(order, key)).replayed).toBeNull();
  expect((await ada.supabase.from('orders').select('note, lines(product)')).data).toEqual([
    { note: 'first', lines: [{ product: 'nut' }] },
  ]);

  const refused = await ada.transaction([
    ...order,
    { op: 'insert', table: 'lines', values: { product: 'bolt', quantity: 0 } },
  ]);
  expect(refused).toMatchObject({ status: 400, json: { code: '23514', operation: 2 } });
  expect((await ada.supabase.from('orders').select()).data).toHaveLength(1);
});

test('supabase-js sends a key with any write', async () => {
  const zoe = await person('zoe@example.org');
  const key = randomUUID();
  const insert = async (): Promise<unknown> =>
    (
      await zoe.supabase
        .from('orders')
        .insert({ note: 'keyed' })
        .select('id')
        .single()
        .setHeader('Idempotency-Key', key)
    ).data;
  const first = await insert();
  expect(first).toEqual({ id: expect.any(Number) });
  expect(await insert()).toEqual(first);
  expect((await zoe.supabase.from('orders').select()).data).toHaveLength(1);
});
