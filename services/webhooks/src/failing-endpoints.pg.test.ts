import { afterAll, beforeAll, expect, test } from 'vitest';
import { PostgresDeliveryStore } from './adapters/postgres-delivery-store.ts';
import {
  createWebhooksFixture,
  type Received,
  type Receiver,
  startReceiver,
  type WebhooksFixture,
} from './webhooks.fixture.ts';

interface Manner {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly afterMs?: number;
}

const PAUSES = { first: 0.1, longest: 0.4 };
let fixture: WebhooksFixture;
let receiver: Receiver;
const manners = new Map<string, Manner>();
const underWay = new Map<string, number>();
const most = new Map<string, number>();

beforeAll(async () => {
  receiver = await startReceiver(({ path }, response) => {
    const { status, headers = {}, afterMs = 0 } = manners.get(path) ?? { status: 200 };
    const now = (underWay.get(path) ?? 0) + 1;
    underWay.set(path, now);
    most.set(path, Math.max(most.get(path) ?? 0, now));
    response.on('close', () => underWay.set(path, (underWay.get(path) ?? 1) - 1));
    if (afterMs !== Infinity) setTimeout(() => response.writeHead(status, headers).end(), afterMs);
  });
  fixture = await createWebhooksFixture({
    terms: {
      retryAfterSeconds: Array.from({ length: 400 }, () => 0.01),
      jitter: 0,
      breakerAfter: 3,
      pauseSeconds: PAUSES,
      perProject: 24,
      claimedPerEndpoint: 8,
      perEndpoint: 8,
    },
  });
});
afterAll(async () => {
  await fixture?.[Symbol.asyncDispose]();
  await receiver?.[Symbol.asyncDispose]();
});

const soon = <Value>(get: () => Value) => expect.poll(get, { timeout: 30_000, interval: 20 });
const to = (path: string): readonly Received[] => receiver.received.filter((one) => one.path === path);

/** Of a path, and of events of the same name. */
async function endpoint(path: string, manner: Manner, more: object = {}): Promise<string> {
  manners.set(path, manner);
  const asked = { url: receiver.url + path, event_types: [typeOf(path)], ...more };
  const { status, body } = await fixture.ask('POST', '/endpoints', asked);
  if (status !== 201) throw new Error(JSON.stringify(body));
  return body.id;
}

const typeOf = (path: string): string => `app${path.replaceAll('/', '.')}`;
const emit = (path: string, count: number) =>
  fixture.test.sql(`select events.emit($1, 's-' || n, '{}') from generate_series(1, $2::int) n`, [typeOf(path), count]);

async function stateOf(id: string): Promise<Record<string, unknown>> {
  const [row] = await fixture.test.sql('select * from webhooks.endpoint_states where endpoint_id = $1', [id]);
  return row ?? {};
}

async function secondsUntilNext(id: string): Promise<number> {
  const [row] = await fixture.test.sql<{ seconds: number }>(
    `select extract(epoch from next_at - created_at)::float8 as seconds from webhooks.deliveries
     where endpoint_id = $1 and attempts > 0`,
    [id],
  );
  return row?.seconds ?? 0;
}

test.each([
  ['/asks-for-a-minute', '60', 60],
  ['/asks-for-a-year', '31536000', 86_400],
])('an endpoint that says Retry-After is left alone for as long, at most a day: %s', async (path, value, seconds) => {
  const id = await endpoint(path, { status: 503, headers: { 'retry-after': value } });
  await emit(path, 1);
  await soon(() => secondsUntilNext(id)).toBeGreaterThanOrEqual(seconds);
  expect(await secondsUntilNext(id)).toBeLessThan(seconds + 30);
  expect(to(path)).toHaveLength(1);
});

test('pauses of a failing endpoint grow to their longest, with one request at a time, and end with a success', async () => {
  const path = '/failing';
  const id = await endpoint(path, { status: 500 });
  await emit(path, 1);
  await soon(() => to(path).length).toBeGreaterThanOrEqual(7);
  // The third failure is the first that brings a pause.
  const gaps = to(path)
    .slice(0, 7)
    .map(({ at }, index, all) => (at - (all[index - 1]?.at ?? at)) / 1_000);
  for (const [index, least] of [0.1, 0.2, 0.4, 0.4].entries()) expect(gaps[3 + index]).toBeGreaterThan(least * 0.95);
  expect(await stateOf(id)).toMatchObject({ pause_seconds: PAUSES.longest, failing_since: expect.any(Date) });
  manners.set(path, { status: 500, afterMs: 30 });
  most.set(path, 0);
  await emit(path, 20);
  const before = to(path).length;
  await soon(() => to(path).length).toBeGreaterThan(before + 2);
  expect(most.get(path)).toBe(1);
  manners.set(path, { status: 200 });
  await soon(() => stateOf(id)).toMatchObject({ failures: 0, failing_since: null, paused_until: null });
  await soon(
    async () => (await fixture.ask('GET', `/deliveries?endpoint_id=${id}&state=delivered`)).body.deliveries,
  ).toHaveLength(21);
});

test('an endpoint that failed for days and often enough is disabled, and says so', async () => {
  const path = '/failing/for-days';
  const id = await endpoint(path, { status: 500 });
  const told = await endpoint('/told', { status: 200 }, { event_types: ['webhooks.endpoint.disabled'] });
  const failing = (days: number, failures: number): Promise<unknown> =>
    fixture.test.sql(
      `update webhooks.endpoint_states set failing_since = now() - $2 * interval '1 day', failures = $3, paused_until = null
       where endpoint_id = $1`,
      [id, days, failures],
    );
  const isEnabled = async (): Promise<boolean> => (await fixture.ask('GET', `/endpoints/${id}`)).body.enabled;
  // What was emitted before is tried again meanwhile, so only what was written down tells of a further failure.
  const failOnceMore = async (days: number, failures: number): Promise<void> => {
    await failing(days, failures);
    await emit(path, 1);
    await soon(async () => (await stateOf(id))['failures']).toBeGreaterThan(failures);
  };
  await failOnceMore(6, 2);
  expect(await isEnabled()).toBe(true);
  await failOnceMore(4, 100);
  expect(await isEnabled()).toBe(true);
  await failing(6, 100);
  await emit(path, 1);
  await soon(isEnabled).toBe(false);
  expect((await fixture.ask('GET', `/endpoints/${id}`)).body).toMatchObject({ disabled_reason: 'failing' });
  await soon(() => to('/told').map(({ body }) => JSON.parse(body).data)).toEqual([
    { endpointId: id, reason: 'failing' },
  ]);
  expect(fixture.observed).toContainEqual(expect.objectContaining({ kind: 'webhooks.disabled', endpointId: id }));
  await fixture.ask('DELETE', `/endpoints/${told}`);
});

test('an endpoint that never answers holds its own deliveries alone', async () => {
  await endpoint('/silent', { status: 200, afterMs: Infinity });
  await endpoint('/quick', { status: 200 });
  await emit('/silent', 300);
  await soon(() => to('/silent').length).toBe(8);
  await emit('/quick', 50);
  await soon(() => to('/quick').length).toBe(50);
  expect(to('/silent')).toHaveLength(8);
});

test('an endpoint with a rate gets a second of it at once and the rest as time goes by', async () => {
  await endpoint('/rated', { status: 200 }, { rate: 20 });
  const before = performance.now();
  await emit('/rated', 50);
  await soon(() => to('/rated').length).toBe(50);
  // Twenty at once and thirty in a second and a half; never sooner, however slow the machine.
  expect((to('/rated').at(-1)?.at ?? 0) - before).toBeGreaterThan(1_400);
});

test('what was kept long enough is swept away, with its attempts; what is still to be done is not', async () => {
  const done = await endpoint('/swept', { status: 200 });
  await emit('/swept', 5);
  const count = async (): Promise<unknown> => {
    const [row] = await fixture.test.sql(
      `select count(*) filter (where state = 'delivered')::int as delivered, count(*) filter (where state = 'pending')::int as pending,
        (select count(*)::int from webhooks.attempts a join webhooks.deliveries d on d.id = a.delivery_id where d.endpoint_id = $1) as attempts,
        (select count(*)::int from webhooks.messages where type = 'app.swept') as messages
       from webhooks.deliveries where endpoint_id = $1`,
      [done],
    );
    return row;
  };
  await soon(count).toEqual({ delivered: 5, pending: 0, attempts: 5, messages: 5 });
  await fixture.test.sql(
    `update webhooks.deliveries set created_at = now() - interval '15 days',
       finished_at = case when id % 5 = 0 then now() - interval '13 days' else now() - interval '15 days' end
     where endpoint_id = $1`,
    [done],
  );
  await fixture.test.sql(
    `update webhooks.messages set created_at = now() - interval '15 days' where type = 'app.swept'`,
  );
  await fixture.test.sql(
    `update webhooks.deliveries set state = 'pending', finished_at = null, next_at = 'infinity'
     where id = (select max(id) from webhooks.deliveries where endpoint_id = $1 and id % 5 <> 0)`,
    [done],
  );
  await new PostgresDeliveryStore(fixture.project.database, () => Buffer.alloc(32)).sweep(14);
  expect(await count()).toEqual({ delivered: 1, pending: 1, attempts: 2, messages: 2 });
});
