import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createWebhooksFixture, startReceiver, type Receiver, type WebhooksFixture } from './webhooks.fixture.ts';

let fixture: WebhooksFixture;
let other: WebhooksFixture;
let receiver: Receiver;
/** What names resolve to in these tests. */
const names: Record<string, string[]> = {
  'public.example': ['93.184.215.14'],
  'inner.example': ['10.0.0.1'],
  'mixed.example': ['93.184.215.14', '127.0.0.2'],
  'mapped.example': ['::ffff:127.0.0.1'],
};

beforeAll(async () => {
  receiver = await startReceiver();
  const port = Number(new URL(receiver.url).port);
  fixture = await createWebhooksFixture({
    events: false,
    terms: { retryAfterSeconds: [] },
    outbound: { allow: [`127.0.0.1:${port}`], resolve: async (host) => names[host] ?? [] },
  });
  other = await createWebhooksFixture({ events: false });
});
afterAll(async () => {
  await fixture?.[Symbol.asyncDispose]();
  await other?.[Symbol.asyncDispose]();
  await receiver?.[Symbol.asyncDispose]();
});

const make = (body: object) => fixture.ask('POST', '/endpoints', body);

describe('an address', () => {
  test.each([
    'http://127.0.0.1:1/',
    'https://127.0.0.1/',
    'https://127.1/',
    'https://0x7f000001/',
    'https://0177.0.0.1/',
    'https://2130706433/',
    'https://127.0.0.1./',
    'https://[::1]/',
    'https://[::ffff:127.0.0.1]/',
    'https://[::ffff:7f00:1]/',
    'https://[64:ff9b::7f00:1]/',
    'https://[fd00::1]/',
    'https://169.254.169.254/latest/meta-data/',
    'https://①②⑦.⓪.⓪.①/',
    'https://127。0。0。1/',
    'https://user:pass@public.example/',
    'https://public.example@127.0.0.1/',
    'https://public.example\\@127.0.0.1/',
    'https://inner.example/',
    'https://inner.example./',
    'https://INNER.example:8443/',
    'https://mixed.example/',
    'https://mapped.example/',
    'http://public.example/',
    'https://public.example:22/',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'no address',
    'https://public.example/\r\nHost: evil',
  ])('%j is refused when it is given, and nobody is asked', async (url) => {
    expect(await make({ url, event_types: ['app.*'] })).toMatchObject({
      status: 422,
      body: { code: 'webhooks.url_refused', hint: expect.any(String) },
    });
    expect(receiver.received).toEqual([]);
  });

  test('that is public is taken, and so is a name that has no address yet', async () => {
    expect((await make({ url: 'https://public.example/hook' })).status).toBe(201);
    expect((await make({ url: 'https://nowhere.example/hook' })).status).toBe(201);
    expect((await make({ url: 'https://bücher.example/hook' })).status).toBe(201);
  });

  test('is judged again for every delivery: a name that leads inside later is not asked', async () => {
    const port = new URL(receiver.url).port;
    names['rebinding.example'] = ['93.184.215.14'];
    const { body } = await make({ url: `https://rebinding.example:${port}/hook` });
    names['rebinding.example'] = ['10.0.0.1'];
    const sent = await fixture.ask('POST', `/endpoints/${body.id}/test`);
    const read = async () => (await fixture.ask('GET', `/deliveries/${sent.body.delivery_id}`)).body;
    await expect.poll(read, { timeout: 15_000 }).toMatchObject({
      state: 'failed',
      last_status: null,
      last_error: expect.stringContaining('outbound.address_refused'),
    });
    // The same for one that was written past the service.
    await fixture.test.sql(
      `update webhooks.endpoints set url = 'https://[::1]/', version = version + 1 where id = $1`,
      [body.id],
    );
    const again = await fixture.ask('POST', `/endpoints/${body.id}/test`);
    const second = async () => (await fixture.ask('GET', `/deliveries/${again.body.delivery_id}`)).body;
    await expect.poll(second, { timeout: 15_000 }).toMatchObject({
      state: 'failed',
      last_error: expect.stringContaining('outbound.address_refused'),
    });
    expect(receiver.received).toEqual([]);
  });
});

const URL_OF = 'https://public.example/';

test.each([
  [{}],
  [{ url: 5 }],
  [{ url: `https://public.example/${'x'.repeat(3000)}` }],
  [{ url: URL_OF, unknown: true }],
  [{ url: URL_OF, event_types: ['App'] }],
  [{ url: URL_OF, event_types: ['app.*.x'] }],
  [{ url: URL_OF, event_types: Array.from({ length: 101 }, () => 'app.x') }],
  [{ url: URL_OF, description: 'a\0b' }],
  [{ url: URL_OF, rate: 0 }],
  [{ url: URL_OF, tables: [{ table: '' }] }],
  [{ url: URL_OF, tables: [{ table: 'a' }, { schema: 'public', table: 'a' }] }],
  [{ url: URL_OF, tables: [{ table: 'a', operations: ['truncate'] }] }],
  [{ url: URL_OF, tables: [{ table: 'a', conditions: [{ column: 'b', operator: 'like', value: 'x' }] }] }],
  [{ url: URL_OF, tables: [{ table: 'a', conditions: [{ column: 'b', operator: 'in', value: 'x' }] }] }],
  [{ url: URL_OF, tables: [{ table: 'a', conditions: [{ column: 'b', operator: 'eq' }] }] }],
  [{ url: URL_OF, headers: Object.fromEntries(Array.from({ length: 21 }, (_, n) => [`x-${n}`, 'y'])) }],
])('%j is refused', async (body) => {
  expect(await make(body)).toMatchObject({ status: 400, body: { code: 'webhooks.invalid_request' } });
});

test.each([
  ['Host', 'evil'],
  ['Content-Length', '1'],
  ['Transfer-Encoding', 'chunked'],
  ['webhook-id', 'x'],
  ['Webhook-Signature', 'x'],
  ['Content-Type', 'text/plain'],
  ['bad name', 'x'],
  ['x-é', 'x'],
  ['x', 'a\r\nb: c'],
  ['x', 'a\0b'],
  ['x', ' padded'],
  ['x', ''],
  ['x', 'é'],
  ['x', 'y'.repeat(3000)],
])('the header %j: %j is refused', async (name, value) => {
  expect(await make({ url: URL_OF, headers: { [name]: value } })).toMatchObject({
    status: 422,
    body: { code: 'webhooks.header_refused' },
  });
});

test('secrets are told once, and neither they nor headers can be read from the database', async () => {
  const { body } = await make({ url: URL_OF, headers: { authorization: 'Bearer hush' } });
  expect(body.secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  expect(body.header_names).toEqual(['authorization']);
  const read = await fixture.ask('GET', `/endpoints/${body.id}`);
  expect(JSON.stringify(read.body)).not.toMatch(/whsec_|hush|sealed/);
  const rows = await fixture.test.sql('select * from webhooks.endpoints where id = $1', [body.id]);
  expect(JSON.stringify(rows)).not.toMatch(/whsec_|hush/);
  expect(JSON.stringify(rows)).not.toContain(body.secret.slice(6));
});

test('a secret that was copied from another row signs nothing', async () => {
  const one = (await make({ url: receiver.url })).body;
  const two = (await make({ url: receiver.url })).body;
  await fixture.test.sql(
    `update webhooks.endpoints set secrets = (select secrets from webhooks.endpoints where id = $1), version = version + 1
      where id = $2`,
    [one.id, two.id],
  );
  const sent = await fixture.ask('POST', `/endpoints/${two.id}/test`);
  const read = async () => (await fixture.ask('GET', `/deliveries/${sent.body.delivery_id}`)).body;
  await expect
    .poll(read, { timeout: 15_000 })
    .toMatchObject({ state: 'failed', last_error: expect.stringContaining('secrets cannot be opened') });
  expect(receiver.received).toEqual([]);
});

const SOMEBODY = '018f0000-0000-7000-8000-000000000000';
const ROUTES: readonly (readonly ['GET' | 'POST' | 'PATCH' | 'DELETE', string])[] = [
  ['GET', '/endpoints'],
  ['POST', '/endpoints'],
  ['GET', `/endpoints/${SOMEBODY}`],
  ['PATCH', `/endpoints/${SOMEBODY}`],
  ['DELETE', `/endpoints/${SOMEBODY}`],
  ['POST', `/endpoints/${SOMEBODY}/enable`],
  ['POST', `/endpoints/${SOMEBODY}/disable`],
  ['POST', `/endpoints/${SOMEBODY}/rotate`],
  ['POST', `/endpoints/${SOMEBODY}/test`],
  ['GET', '/deliveries'],
  ['GET', '/deliveries/1'],
  ['GET', '/deliveries/1/attempts'],
  ['POST', '/deliveries/1/replay'],
  ['POST', '/replays'],
  ['GET', `/replays/${SOMEBODY}`],
];

describe.each(['anon', 'authenticated'] as const)('%s', (role) => {
  test.each(ROUTES)('may not %s %s', async (method, url) => {
    const body = method === 'POST' || method === 'PATCH' ? {} : undefined;
    expect(await fixture.ask(method, url, body, role)).toMatchObject({
      status: 403,
      body: { code: 'webhooks.access_denied' },
    });
  });

  test('reaches no table, and no function but the one for triggers, which refuses', async () => {
    const denied = async (sql: string): Promise<unknown> => {
      try {
        await fixture.test.sql(`set role ${role}; ${sql}`);
        return 'allowed';
      } catch (error) {
        return error instanceof Error && 'code' in error ? error.code : error;
      } finally {
        await fixture.test.sql('reset role');
      }
    };
    const tables = await fixture.test.sql<{ name: string }>(
      `select oid::regclass::text as name from pg_class where relnamespace = 'webhooks'::regnamespace and relkind = 'r'`,
    );
    expect(tables).toHaveLength(7);
    for (const { name } of tables) {
      expect(await denied(`select * from ${name}`), name).toBe('42501');
      expect(await denied(`delete from ${name}`), name).toBe('42501');
    }
    expect(await denied(`select webhooks.record_change('public', 'x', 'insert', '{}', '{}', null)`)).toBe('42501');
    expect(await denied(`select events.append('webhooks.row.inserted', 'x', '{}')`)).toBe('42501');
    expect(await denied('select webhooks.replay(array[1::bigint])')).toBe('42501');
    expect(await denied(`select * from webhooks.claim(gen_random_uuid(), 1, 1, 1, 1)`)).toBe('42501');
    expect(await denied(`select events.emit('webhooks.row.inserted', 'x', '{}')`)).toBe('42501');
  });
});

test('one project knows nothing of what another has', async () => {
  const { body } = await make({ url: URL_OF });
  const sent = await fixture.ask('POST', `/endpoints/${body.id}/test`);
  expect((await other.ask('GET', '/endpoints')).body.endpoints).toEqual([]);
  expect((await other.ask('GET', '/deliveries')).body.deliveries).toEqual([]);
  for (const [method, url] of [
    ['GET', `/endpoints/${body.id}`],
    ['PATCH', `/endpoints/${body.id}`],
    ['DELETE', `/endpoints/${body.id}`],
    ['POST', `/endpoints/${body.id}/rotate`],
    ['POST', `/endpoints/${body.id}/test`],
    ['GET', `/deliveries/${sent.body.delivery_id}`],
    ['POST', `/deliveries/${sent.body.delivery_id}/replay`],
  ] as const) {
    expect((await other.ask(method, url, method === 'GET' ? undefined : {})).status, `${method} ${url}`).toBe(404);
  }
});

test.each([
  ['/endpoints/none', 404],
  ['/deliveries/none', 404],
  ['/deliveries/99999999999999999999', 404],
  ['/replays/none', 404],
  ['/nowhere', 404],
  ['/deliveries?limit=0', 400],
  ['/deliveries?limit=101', 400],
  ['/deliveries?cursor=x', 400],
  ['/deliveries?since=yesterday', 400],
  ['/deliveries?state=lost', 400],
  ['/deliveries?unknown=1', 400],
  ['/deliveries?state=failed&state=pending', 400],
])('GET %s answers %i with a code', async (url, status) => {
  expect(await fixture.ask('GET', url)).toMatchObject({ status, body: { code: expect.stringMatching(/^webhooks\./) } });
});
