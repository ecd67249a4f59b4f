import { expect, test } from 'vitest';
import { createWebhooksFixture, startReceiver } from './webhooks.fixture.ts';

const soon = <Value>(get: () => Value) => expect.poll(get, { timeout: 30_000 });

test('deliveries of a key wait for the one before, those of others do not', async () => {
  let isUp = false;
  await using receiver = await startReceiver(({ body }, response) => {
    response.statusCode = isUp || JSON.parse(body).subject !== 'a' ? 200 : 503;
    response.end();
  });
  const retryAfterSeconds = Array.from({ length: 500 }, () => 0.1);
  await using fixture = await createWebhooksFixture({
    terms: { retryAfterSeconds, pauseSeconds: { first: 0.1, longest: 0.2 } },
  });
  const asked = { url: receiver.url, event_types: ['app.step.*'], ordered: true };
  const { id } = (await fixture.ask('POST', '/endpoints', asked)).body;
  const deliveries = async (query: string): Promise<Record<string, unknown>[]> =>
    (await fixture.ask('GET', `/deliveries?endpoint_id=${id}${query}`)).body.deliveries;
  for (const n of [1, 2, 3]) await fixture.emit('app.step.done', 'a', { n });
  await soon(async () => (await deliveries('')).map(({ waits_for_earlier: waits }) => waits)).toEqual([
    true,
    true,
    false,
  ]);
  await fixture.emit('app.step.done', 'b', { n: 4 });
  await soon(() => deliveries('&state=delivered')).toHaveLength(1);
  expect(receiver.received.filter(({ body }) => JSON.parse(body).subject === 'a').length).toBeGreaterThan(0);
  isUp = true;
  await soon(() => deliveries('&state=delivered')).toHaveLength(4);
  const order = receiver.received
    .map(({ body }) => JSON.parse(body))
    .filter(({ subject }) => subject === 'a')
    .map(({ data }) => Number(data.n));
  expect(order).toEqual(order.toSorted((a, b) => a - b));
  expect(new Set(order)).toEqual(new Set([1, 2, 3]));
});
