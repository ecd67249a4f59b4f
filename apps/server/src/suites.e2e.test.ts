import { randomUUID } from 'node:crypto';
import { type RunningServer, startServer } from '@ashlar/testing';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { Validator } from '@seriousme/openapi-schema-validator';
import { afterAll, beforeAll, expect, test } from 'vitest';

let server: RunningServer;
let token: string;
let userId: string;

beforeAll(async () => {
  server = await startServer({ main: new URL('process/fixtures/serve-with-depot.ts', import.meta.url) });
  ({ token, userId } = await signUp('clerk@example.org'));
});
afterAll(() => server?.stop());

async function ask(method: string, path: string, body?: object, headers: Record<string, string> = {}) {
  const response = await fetch(server.url + path, {
    method,
    headers: { apikey: server.anonKey, 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  // oxlint-disable-next-line typescript/no-explicit-any -- read as loosely as by a client.
  return { status: response.status, headers: response.headers, body: (await response.json()) as any };
}

async function signUp(email: string): Promise<{ token: string; userId: string }> {
  const { body } = await ask('POST', '/auth/v1/signup', { email, password: 'a long enough password' });
  return { token: body.access_token, userId: body.user.id };
}

/** Makes a user a member of the default organisation with a role of a suite. */
const giveRole = (user: string, role: string) =>
  server.superuserSql(
    `with member as (
       insert into auth.memberships (org_id, user_id) values ('00000000-0000-0000-0000-000000000001', $1)
       on conflict (org_id, user_id) do update set status = 'active' returning org_id, id)
     insert into auth.role_assignments (org_id, membership_id, role_id)
     select member.org_id, member.id, r.id from member, auth.organisation_roles r where r.key = $2`,
    [user, role],
  );

/** The tools as a real client has them. */
async function connectTools(headers: Record<string, string>) {
  const client = new Client({ name: 'e2e', version: '1' });
  const transport = new StreamableHTTPClientTransport(new URL('/mcp', server.url), {
    requestInit: { headers: { apikey: server.anonKey, ...headers } },
  });
  await client.connect(transport);
  return client;
}

const pieces = (value: string) => ({ value, uom: 'pcs' });
const secret = () => ({ apikey: server.secretKey });
const clerk = () => ({ authorization: `Bearer ${token}` });

test('a suite answers once it was added, at the door, to tools, to jobs and to the command line', async () => {
  const parcels = '/api/v1/depot/parcels';
  expect(await ask('GET', parcels, undefined, secret())).toMatchObject({
    status: 404,
    body: { code: 'common.suite_not_installed' },
  });
  expect(await server.ashlar('suite', 'add', 'depot')).toMatchObject({ code: 0, stdout: /Added suite depot/ });
  expect((await server.ashlar('suite', 'list')).stdout).toMatch(/depot +added/);

  // With the secret key, and as nobody.
  const key = { 'idempotency-key': randomUUID() };
  const stored = await ask('POST', parcels, { code: 'A-1', weight: '500' }, { ...secret(), ...key });
  expect(stored).toMatchObject({ status: 200, body: { code: 'A-1', state: 'stored' } });
  const again = await ask('POST', parcels, { code: 'A-1', weight: '500' }, { ...secret(), ...key });
  expect(again.body).toEqual(stored.body);
  expect(again.headers.get('idempotency-replayed')).toBe('true');
  expect(await ask('POST', parcels, { code: 'A-2', weight: '5' })).toMatchObject({
    status: 401,
    body: { code: 'common.unauthenticated' },
  });

  // A user, before and after being given the suite's role.
  expect(await ask('POST', parcels, { code: 'A-2', weight: '5' }, clerk())).toMatchObject({ status: 403 });
  await giveRole(userId, 'depot-clerk');
  expect(await ask('POST', parcels, { code: 'A-2', weight: '5' }, clerk())).toMatchObject({ status: 200 });
  const document = await ask('GET', '/api/v1/depot/openapi.json', undefined, clerk());
  expect(document.body).toMatchObject({ openapi: '3.1.1', servers: [{ url: `${server.url}/api/v1/depot` }] });

  // Tools, with the same token.
  const client = await connectTools(clerk());
  expect((await client.listTools()).tools.map(({ name }) => name)).toContain('depot_store-parcel');
  const call = (args: object) => client.callTool({ name: 'depot_store-parcel', arguments: { ...args } });
  expect(await call({ code: 'A-3', weight: '5', dry_run: true })).toMatchObject({ structuredContent: { code: 'A-3' } });
  expect(await call({ code: 'A-3', weight: '5' })).toMatchObject({ structuredContent: { code: 'A-3' } });
  expect(await call({ code: 'A-3', weight: '5' })).toMatchObject({ isError: true });
  await client.close();

  // A job, done later as the one who asked.
  const later = await ask('POST', parcels, { code: 'A-4', weight: '5' }, { ...clerk(), prefer: 'respond-async' });
  expect(later).toMatchObject({ status: 202, body: { accepted: true } });
  const listed = async () => {
    const { body } = await ask('GET', `${parcels}?limit=50`, undefined, clerk());
    return body.parcels.map(({ code }: { readonly code: string }) => code);
  };
  await expect.poll(listed, { timeout: 30_000 }).toEqual(['A-1', 'A-2', 'A-3', 'A-4']);

  // An event somebody else tells.
  await server.sql(`select events.emit('app.parcel.announced', null, '{"code": "A-5", "weight": "9"}')`);
  await expect.poll(listed, { timeout: 30_000 }).toContain('A-5');

  // The command line.
  const released = await server.ashlar(
    'call',
    'depot.release-parcel',
    '--user',
    userId,
    '--json',
    JSON.stringify({ parcelId: stored.body.id }),
  );
  expect(released).toMatchObject({ code: 0 });
  expect(JSON.parse(released.stdout)).toMatchObject({ state: 'released' });
  const refused = await server.ashlar('call', 'depot.store-parcel', '--json', '{"code":"A-1","weight":"x"}');
  expect(refused.code).toBe(1);
  expect(JSON.parse(refused.stderr)).toMatchObject({ code: 'common.invalid_input', errors: [{ pointer: '/weight' }] });

  // Removed, it answers no more.
  expect(await server.ashlar('suite', 'remove', 'depot')).toMatchObject({ code: 0 });
  expect(await ask('GET', parcels, undefined, secret())).toMatchObject({ status: 404 });
});

test('a product is made, kept in stock and held over HTTP, the command line and tools alike', async () => {
  expect(await server.ashlar('suite', 'add', 'product', 'inventory')).toMatchObject({ code: 0 });
  const keeper = await signUp('keeper@example.org');
  await giveRole(keeper.userId, 'catalogue-editor');
  await giveRole(keeper.userId, 'inventory-manager');
  const as = { authorization: `Bearer ${keeper.token}` };
  const sku = `CUP-${randomUUID().slice(0, 8)}`;
  const done = async (method: string, path: string, body: object) => {
    const answer = await ask(method, `/api/v1/${path}`, body, as);
    expect(answer, JSON.stringify(answer.body)).toMatchObject({ status: 200 });
    return answer.body;
  };

  const product = await done('POST', 'product/products', { title: { en: 'Cup' }, variant: { sku } });
  const itemId = product.variantId;
  await done('PUT', `inventory/items/${itemId}`, { sku, currency: 'USD' });
  const { id: warehouseId } = await done('POST', 'inventory/warehouses', { code: 'MAIN' });
  const { id: locationId } = await done('POST', 'inventory/locations', { warehouseId, code: 'SHELF' });
  const cost = { amount: '1000', currency: 'USD' };
  const received = await done('POST', 'inventory/receipts', {
    lines: [{ itemId, locationId, quantity: pieces('10'), cost }],
  });
  expect(received).toMatchObject({ lines: [{ line: 1, value: cost }] });

  const holdOf = (value: string) => ({
    source: { type: 'order', id: randomUUID() },
    lines: [{ itemId, quantity: pieces(value) }],
  });
  const available = async () =>
    (await ask('GET', `/api/v1/inventory/items/${itemId}/availability`, undefined, as)).body;
  expect(await done('POST', 'inventory/holds', holdOf('3'))).toMatchObject({ short: [] });
  expect(await ask('POST', '/api/v1/inventory/holds', holdOf('8'), as)).toMatchObject({
    status: 409,
    body: { code: 'inventory.insufficient_stock', params: { wanted: '8', available: '7' } },
  });
  expect((await ask('POST', '/api/v1/inventory/holds', holdOf('1'), clerk())).status).toBe(403);

  const call = (input: object) =>
    server.ashlar('call', 'inventory.reserve-stock', '--user', keeper.userId, '--json', JSON.stringify(input));
  const held = await call(holdOf('2'));
  expect(held, held.stderr).toMatchObject({ code: 0 });
  const refused = await call(holdOf('6'));
  expect(refused.code).toBe(1);
  expect(JSON.parse(refused.stderr)).toMatchObject({ code: 'inventory.insufficient_stock' });

  const tools = await connectTools(as);
  const reserve = (input: object) => tools.callTool({ name: 'inventory_reserve-stock', arguments: { ...input } });
  expect(await reserve(holdOf('4'))).toMatchObject({ structuredContent: { short: [] } });
  const tooMuch = await reserve(holdOf('2'));
  expect(tooMuch.isError).toBe(true);
  expect(JSON.stringify(tooMuch.content)).toContain('inventory.insufficient_stock');
  await tools.close();
  expect(await available()).toMatchObject({ available: { value: '1', uom: 'pcs' } });

  for (const suite of ['product', 'inventory']) {
    const { body } = await ask('GET', `/api/v1/${suite}/openapi.json`, undefined, as);
    expect(Object.keys(body.paths).length).toBeGreaterThan(10);
    expect(await new Validator().validate(body)).toEqual({ valid: true });
  }
});

test('a running server keeps the schedules of a suite from the moment it was added until it is removed', async () => {
  const scheduler = '/scheduler/v1/schedules';
  const schedules = async () =>
    (await ask('GET', scheduler, undefined, secret())).body.schedules.map(
      ({ name, nextAt }: { readonly name: string; readonly nextAt: string | null }) => [name, nextAt !== null],
    );
  await expect.poll(schedules, { timeout: 30_000 }).toEqual([
    ['inventory.nightly-check', true],
    ['inventory.sweep-holds', true],
  ]);
  const run = await ask('POST', `${scheduler}/inventory.nightly-check/run`, {}, secret());
  expect(run).toMatchObject({ status: 201 });
  const job = async () => (await ask('GET', `/scheduler/v1/jobs/${run.body.id}`, undefined, secret())).body;
  await expect
    .poll(job, { timeout: 30_000 })
    .toMatchObject({ task: 'suite.schedule', state: 'succeeded', result: { organisations: 1 } });
  expect(await server.ashlar('suite', 'remove', 'inventory')).toMatchObject({ code: 0 });
  expect(await schedules()).toEqual([]);
});

const stockedItems = () =>
  server.superuserSql(
    `select sku, base_uom, whole_units, tracking, status, product_id from inventory.items
     where sku in ('MUG', 'FLOUR', 'HOUR', 'VASE') order by sku`,
    [],
  );

const itemRow = (sku: string, { id }: { readonly id: string }, more: object = {}) => ({
  sku,
  base_uom: 'pcs',
  whole_units: true,
  tracking: 'none',
  status: 'active',
  product_id: id,
  ...more,
});

test('what the catalogue brings out can be stocked, and what it takes away begins nothing new', async () => {
  expect(await server.ashlar('suite', 'add', 'product', 'inventory')).toMatchObject({ code: 0 });
  const create = async (sku: string, more: object = {}) => {
    const body = { title: { en: sku }, variant: { sku }, ...more };
    const created = await ask('POST', '/api/v1/product/products', body, secret());
    expect(created).toMatchObject({ status: 200 });
    return created.body as { readonly id: string; readonly variantId: string };
  };
  const service = await create('HOUR', { type: 'service' });
  const [flour, mug, vase] = [
    await create('FLOUR', { baseUom: 'kg', tracking: 'lot' }),
    await create('MUG'),
    await create('VASE'),
  ];
  const kept = { base_uom: 'kg', whole_units: false, tracking: 'lot' };
  await expect
    .poll(stockedItems, { timeout: 30_000 })
    .toEqual([itemRow('FLOUR', flour, kept), itemRow('MUG', mug), itemRow('VASE', vase)]);

  const archived = { status: 'archived' };
  await ask('POST', `/api/v1/product/variants/${mug.variantId}/archive`, {}, secret());
  await ask('POST', `/api/v1/product/products/${vase.id}/archive`, {}, secret());
  await ask('POST', `/api/v1/product/products/${service.id}/archive`, {}, secret());
  await expect
    .poll(stockedItems, { timeout: 30_000 })
    .toEqual([itemRow('FLOUR', flour, kept), itemRow('MUG', mug, archived), itemRow('VASE', vase, archived)]);
});

test('a saga goes through two suites, fails until it is helped, and is seen and steered by members and administrators', async () => {
  for (const suite of ['depot', 'courier']) {
    const added = await server.ashlar('suite', 'add', suite);
    expect(added, added.stderr).toMatchObject({ code: 0 });
  }
  const tell = async (what: 'orders' | 'payments', delivery: string) =>
    expect(await ask('POST', `/api/v1/courier/${what}`, { delivery }, secret())).toMatchObject({ status: 200 });
  const sagas = async (query: string, headers: Record<string, string> = secret()) =>
    (await ask('GET', `/api/v1/sagas?${query}`, undefined, headers)).body.sagas;
  const sagaOf = async (delivery: string) => (await sagas(`key=${delivery}`))[0];
  const [paid, refused] = [randomUUID(), randomUUID()];
  await tell('payments', paid);
  await tell('orders', paid);
  await expect
    .poll(() => sagaOf(paid), { timeout: 30_000 })
    .toMatchObject({ saga: 'courier.delivery', status: 'completed', title: { ar: 'توصيل' } });

  // Two that nobody can help with from inside.
  await server.superuserSql(
    `insert into courier.moods (org_id, act, mood) select '00000000-0000-0000-0000-000000000001', act, 'refuse'
     from unnest(array['drive ' || $1, 'refund ' || $1]) act`,
    [refused],
  );
  await tell('orders', refused);
  await tell('payments', refused);
  await expect.poll(() => sagaOf(refused), { timeout: 30_000 }).toMatchObject({ status: 'needs_help' });
  const { id } = await sagaOf(refused);
  expect(await ask('GET', `/api/v1/sagas/${id}`, undefined, secret())).toMatchObject({
    status: 200,
    body: {
      tasks: [{ task: 'refund-by-hand', state: 'open' }],
      steps: [{ name: 'store', state: 'done' }, { name: 'load' }, { name: 'drive', state: 'refused' }, {}, {}],
    },
  });
  const boss = await signUp('boss@example.org');
  const as = { authorization: `Bearer ${boss.token}` };
  const settle = (body: object, headers: Record<string, string>) =>
    ask('POST', `/api/v1/sagas/${id}/settle`, body, headers);
  const settled = { task: 'refund-by-hand', note: 'Paid in cash' };
  expect(await settle(settled, as)).toMatchObject({ status: 403 });
  await giveRole(boss.userId, 'admin');
  expect(await settle({ task: 'refund-by-hand', extra: 1 }, as)).toMatchObject({
    status: 422,
    body: { code: 'common.invalid_input' },
  });
  expect(await sagas('status=needs_help', as)).toMatchObject([{ id }]);
  expect(await settle(settled, as)).toMatchObject({ status: 200, body: { id } });
  await expect.poll(() => sagaOf(refused), { timeout: 30_000 }).toMatchObject({ status: 'undone' });

  // The command line.
  const waiting = randomUUID();
  await tell('orders', waiting);
  await expect.poll(() => sagaOf(waiting), { timeout: 30_000 }).toMatchObject({ status: 'waiting' });
  expect((await server.ashlar('sagas', 'list', '--status', 'waiting')).stdout).toContain(waiting);
  const { id: third } = await sagaOf(waiting);
  const undone = await server.ashlar('sagas', 'undo', third, '--reason', 'Changed their mind');
  expect(undone, undone.stderr).toMatchObject({ code: 0, stdout: /is running/ });
  await expect.poll(() => sagaOf(waiting), { timeout: 30_000 }).toMatchObject({ status: 'undone' });
  const shown = JSON.parse((await server.ashlar('sagas', 'show', third)).stdout);
  expect(shown).toMatchObject({ steps: [{ name: 'store' }, { name: 'release', state: 'done' }] });
  expect((await server.ashlar('sagas', 'retry', third)).code).not.toBe(0);
});
