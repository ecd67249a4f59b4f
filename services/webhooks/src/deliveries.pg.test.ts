import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createWebhooksFixture, type Receiver, startReceiver, type WebhooksFixture } from './webhooks.fixture.ts';

let fixture: WebhooksFixture;
const answers = new Map<string, number>();
let receiver: Receiver;

beforeAll(async () => {
  receiver = await startReceiver(({ path }, response) => {
    const status = answers.get(path) ?? 200;
    response.writeHead(status, { 'x-from': 'receiver', ...(status === 302 ? { location: '/elsewhere' } : {}) });
    response.end(path === '/large' ? 'x'.repeat(100_000) : 'thanks');
  });
  fixture = await createWebhooksFixture({
    terms: { retryAfterSeconds: [0.2, 0.2], jitter: 0, pauseSeconds: { first: 0.1, longest: 0.2 } },
  });
});
afterAll(async () => {
  await fixture?.[Symbol.asyncDispose]();
  await receiver?.[Symbol.asyncDispose]();
});

async function endpoint(path: string, more: object = {}): Promise<{ readonly id: string; readonly secret: string }> {
  const { status, body } = await fixture.ask('POST', '/endpoints', { url: `${receiver.url}${path}`, ...more });
  if (status !== 201) throw new Error(JSON.stringify(body));
  return body;
}

/** The log is followed with a pause where commits need not wait for the disk, as in tests. */
const soon = <Value>(get: () => Value) => expect.poll(get, { timeout: 30_000 });
const to = (path: string) => receiver.received.filter((one) => one.path === path);

async function deliveries(query: string): Promise<Record<string, unknown>[]> {
  return (await fixture.ask('GET', `/deliveries?${query}`)).body.deliveries;
}

test('an event is delivered once to each endpoint that wants its type, signed, as a CloudEvent', async () => {
  const one = await endpoint('/orders', { event_types: ['app.order.*'], headers: { 'X-Key': 'hush' } });
  await endpoint('/all', { event_types: ['*'] });
  await endpoint('/users', { event_types: ['app.user.created'] });
  const id = await fixture.emit('app.order.placed', 'o-1', { total: 12 });
  await soon(() => [to('/orders').length, to('/all').length]).toEqual([1, 1]);
  const [got] = to('/orders');
  const event = new Webhook(one.secret).verify(got?.body ?? '', got?.headers as Record<string, string>);
  expect(event).toMatchObject({
    specversion: '1.0',
    id,
    type: 'app.order.placed',
    subject: 'o-1',
    data: { total: 12 },
  });
  expect(event).not.toHaveProperty('actor');
  expect(got?.headers).toMatchObject({ 'webhook-id': id, 'content-type': 'application/json', 'x-key': 'hush' });
  expect(to('/users')).toEqual([]);

  await soon(() => deliveries(`endpoint_id=${one.id}&state=delivered`)).toHaveLength(1);
  const [delivery] = await deliveries(`endpoint_id=${one.id}`);
  expect(delivery).toMatchObject({ event_id: id, attempts: 1, last_status: 200, last_error: null });
  const { body } = await fixture.ask('GET', `/deliveries/${String(delivery?.['id'])}/attempts`);
  expect(body.attempts).toEqual([
    expect.objectContaining({
      status: 200,
      response_body: 'thanks',
      response_headers: expect.objectContaining({ 'x-from': 'receiver' }),
      request_headers: expect.objectContaining({ 'webhook-id': id, 'x-key': '•••' }),
    }),
  ]);
});

test('what was rolled back is not delivered', async () => {
  await endpoint('/rolled-back', { event_types: ['app.rollback.*'] });
  await fixture.test.sql(`begin; select events.emit('app.rollback.undone', 'r', '{}'); rollback`);
  const id = await fixture.emit('app.rollback.done', 'r');
  await soon(() => to('/rolled-back').map(({ headers }) => headers['webhook-id'])).toEqual([id]);
});

test.each([
  ['/failing', 500, 'answered 500'],
  ['/redirecting', 302, 'redirects are not followed (302)'],
])('%s is asked again, and then no more', async (path, status, error) => {
  answers.set(path, status);
  const { id } = await endpoint(path, { event_types: [`app.retry${path.replace('/', '-')}`] });
  await fixture.emit(`app.retry${path.replace('/', '-')}`, null);
  await soon(() => deliveries(`endpoint_id=${id}&state=failed`)).toHaveLength(1);
  expect(to(path)).toHaveLength(3);
  expect(new Set(to(path).map(({ headers }) => headers['webhook-id'])).size).toBe(1);
  expect(await deliveries(`endpoint_id=${id}`)).toEqual([
    expect.objectContaining({ attempts: 3, last_status: status, last_error: error }),
  ]);
  expect(to('/elsewhere')).toEqual([]);
});

test('of a large answer the first 16 KiB are kept, and it is an answer all the same', async () => {
  const { id } = await endpoint('/large', { event_types: ['app.large'] });
  await fixture.emit('app.large', null);
  await soon(() => deliveries(`endpoint_id=${id}&state=delivered`)).toHaveLength(1);
  const [delivery] = await deliveries(`endpoint_id=${id}`);
  const { body } = await fixture.ask('GET', `/deliveries/${String(delivery?.['id'])}/attempts`);
  expect(body.attempts[0].response_body).toBe('x'.repeat(16_384));
});

test('who answers 410 is disabled and gets nothing more', async () => {
  answers.set('/gone', 410);
  const { id } = await endpoint('/gone', { event_types: ['app.gone'] });
  await endpoint('/told', { event_types: ['webhooks.endpoint.disabled'] });
  await fixture.emit('app.gone', null);
  await soon(async () => (await fixture.ask('GET', `/endpoints/${id}`)).body.enabled).toBe(false);
  await expect
    .poll(() => to('/told').map(({ body }) => JSON.parse(body).data))
    .toEqual([{ endpointId: id, reason: 'gone' }]);
  expect((await fixture.ask('POST', `/endpoints/${id}/test`)).status).toBe(409);
  const passed = await fixture.emit('app.gone', null);
  // Once another endpoint has it, this one was passed over.
  await soon(() => to('/all').some(({ headers }) => headers['webhook-id'] === passed)).toBe(true);
  answers.set('/gone', 200);
  expect((await fixture.ask('POST', `/endpoints/${id}/enable`)).body).toMatchObject({ enabled: true, failures: 0 });
  await fixture.emit('app.gone', 'again');
  await soon(() => to('/gone').map(({ body }) => JSON.parse(body).subject)).toEqual([undefined, 'again']);
});

test('while a secret is replaced both sign; afterwards the new one alone', async () => {
  const { id, secret } = await endpoint('/rotated');
  const rotated = await fixture.ask('POST', `/endpoints/${id}/rotate`, { overlap_seconds: 3600 });
  await fixture.ask('POST', `/endpoints/${id}/test`, { type: 'app.rotation.tested', data: { a: 1 } });
  await soon(() => to('/rotated').length).toBe(1);
  const [both] = to('/rotated');
  for (const one of [secret, rotated.body.secret]) {
    const event = new Webhook(one).verify(both?.body ?? '', both?.headers as Record<string, string>);
    expect(event).toMatchObject({ type: 'app.rotation.tested', data: { a: 1 } });
  }
  const last = await fixture.ask('POST', `/endpoints/${id}/rotate`, { overlap_seconds: 0 });
  await fixture.ask('POST', `/endpoints/${id}/test`);
  await soon(() => to('/rotated').length).toBe(2);
  const newest = to('/rotated')[1];
  expect(newest?.headers['webhook-signature']?.toString().split(' ')).toHaveLength(1);
  new Webhook(last.body.secret).verify(newest?.body ?? '', newest?.headers as Record<string, string>);
});

test('deliveries are made once more, one or a range of them, with the id they had', async () => {
  const { id } = await endpoint('/again', { event_types: ['app.again'] });
  const ids = [];
  for (let n = 0; n < 5; n += 1) ids.push(await fixture.emit('app.again', null));
  await soon(() => deliveries(`endpoint_id=${id}&state=delivered`)).toHaveLength(5);
  const [newest] = await deliveries(`endpoint_id=${id}&limit=1`);
  expect((await fixture.ask('POST', `/deliveries/${String(newest?.['id'])}/replay`)).status).toBe(202);
  await soon(() => to('/again').length).toBe(6);
  const asked = await fixture.ask('POST', '/replays', { endpoint_id: id, limit: 3 });
  expect(asked.status).toBe(202);
  await expect
    .poll(async () => (await fixture.ask('GET', `/replays/${asked.body.id}`)).body)
    .toMatchObject({
      replayed: 3,
      finished_at: expect.any(String),
    });
  await soon(() => to('/again').length).toBe(9);
  expect(new Set(to('/again').map(({ headers }) => headers['webhook-id']))).toEqual(new Set(ids));
  const page = await fixture.ask('GET', `/deliveries?endpoint_id=${id}&limit=2`);
  const next = await fixture.ask('GET', `/deliveries?endpoint_id=${id}&limit=2&cursor=${page.body.next_cursor}`);
  expect([...page.body.deliveries, ...next.body.deliveries].map(({ event_id }) => event_id)).toEqual(
    ids.toReversed().slice(0, 4),
  );
});
