import { afterAll, beforeAll, expect, test } from 'vitest';
import { createWebhooksFixture, type Receiver, startReceiver, type WebhooksFixture } from './webhooks.fixture.ts';

let fixture: WebhooksFixture;
let receiver: Receiver;

beforeAll(async () => {
  receiver = await startReceiver();
  fixture = await createWebhooksFixture();
  await fixture.asOwner(`
    create table public.orders (id bigint primary key, state text, total numeric, note text, meta json);
    create table public.quiet (id int primary key);
    create table public.keyless (a int);
    create table public.parts (id int, day date, primary key (id, day)) partition by range (day);
    create table public.parts_1 partition of public.parts for values from ('2020-01-01') to ('2030-01-01');
    create view public.seen as select * from public.orders;
    grant all on all tables in schema public to authenticated`);
});
afterAll(async () => {
  await fixture?.[Symbol.asyncDispose]();
  await receiver?.[Symbol.asyncDispose]();
});

const soon = <Value>(get: () => Value) => expect.poll(get, { timeout: 30_000 });
const got = (path: string) =>
  receiver.received.filter((one) => one.path === path).map(({ body }) => JSON.parse(body) as Record<string, unknown>);

async function follow(path: string, tables: readonly object[]): Promise<string> {
  const { status, body } = await fixture.ask('POST', '/endpoints', { url: `${receiver.url}${path}`, tables });
  if (status !== 201) throw new Error(JSON.stringify(body));
  return body.id;
}

const triggers = () =>
  fixture.test.sql(
    `select tgrelid::regclass::text as table from pg_trigger where tgname = 'ashlar_webhooks' order by 1`,
  );

test('changes are told with the row before and after, to those whose conditions hold', async () => {
  await follow('/paid', [
    {
      table: 'orders',
      operations: ['update'],
      conditions: [
        { column: 'state', operator: 'changed' },
        { column: 'state', operator: 'eq', value: 'paid' },
        { column: 'total', operator: 'gt', value: 10 },
      ],
    },
  ]);
  await follow('/every', [{ table: 'orders' }]);
  await fixture.asOwner(`
    insert into public.orders values (1, 'new', 12.5), (2, 'new', 5);
    update public.orders set state = 'paid';
    update public.orders set note = 'x' where id = 1;
    delete from public.orders where id = 2`);
  await soon(() => got('/every').length).toBe(6);
  expect(got('/paid').map(({ data }) => data)).toEqual([
    {
      schema: 'public',
      table: 'orders',
      operation: 'update',
      record: { id: 1, state: 'paid', total: 12.5, note: null, meta: null },
      old_record: { id: 1, state: 'new', total: 12.5, note: null, meta: null },
    },
  ]);
  const every = got('/every');
  const counts = Map.groupBy(every, ({ type }) => type);
  expect([...counts].map(([type, of]) => [type, of.length])).toEqual(
    expect.arrayContaining([
      ['webhooks.row.inserted', 2],
      ['webhooks.row.updated', 3],
      ['webhooks.row.deleted', 1],
    ]),
  );
  expect(new Set(every.map(({ subject }) => subject))).toEqual(new Set(['public.orders/1', 'public.orders/2']));
});

test('what service_role may not read it does not hear of either, unless the owner made the trigger', async () => {
  await fixture.asOwner(`
    create table public.vault (id int primary key, secret text);
    revoke all on public.vault from service_role;
    create schema hidden;
    create table hidden.vault (id int primary key);
    grant select on hidden.vault to service_role`);
  for (const schema of ['public', 'hidden']) {
    const tables = [{ schema, table: 'vault' }];
    expect(await fixture.ask('POST', '/endpoints', { url: receiver.url, tables })).toMatchObject({
      status: 422,
      body: { code: 'webhooks.table_refused', message: expect.stringContaining('service_role may not read it') },
    });
  }
  await fixture.asOwner(`
    create trigger ashlar_webhooks after insert or update or delete on public.vault
      for each row execute function webhooks.note_change('public', 'vault', 'id')`);
  await follow('/vault', [{ table: 'vault' }]);
  await fixture.asOwner(`insert into public.vault values (1, 'told on purpose')`);
  await soon(() => got('/vault').length).toBe(1);
  await fixture.asOwner('drop table public.vault; drop table hidden.vault');
});

test('a rolled-back change is no event, and a change of a table nobody follows neither', async () => {
  await fixture.asOwner(`insert into public.quiet values (1)`);
  await fixture.test.sql(`begin; insert into public.orders values (77); rollback`);
  expect(await fixture.test.sql(`select from events.log where data ->> 'table' = 'quiet'`)).toEqual([]);
  expect(await fixture.test.sql(`select from events.log where subject = 'public.orders/77'`)).toEqual([]);
});

test('large values are cut and say so, long numbers keep their digits, strange JSON stops nobody', async () => {
  await fixture.asOwner(`
    insert into public.orders values (3, 'large', 12345678901234567890.5, repeat('x', 300000));
    insert into public.orders values (9007199254740993, 'long', 1);
    insert into public.orders values (4, 'strange', 1, null, '{"a": "\\u0000"}')`);
  const rows = await fixture.test.sql<{ data: { record: Record<string, unknown> | null } }>(
    `select data from events.log where type = 'webhooks.row.inserted' order by seq desc limit 3`,
  );
  const [strange, long, large] = rows.map(({ data }) => data.record);
  expect(large).toMatchObject({ id: 3, total: '12345678901234567890.5', note: { $cut: 300_002 } });
  expect(long).toMatchObject({ id: '9007199254740993' });
  expect(strange).toBeNull();
});

test('triggers come with the first endpoint that follows a table and go with the last', async () => {
  const one = await follow('/parts', [{ table: 'parts' }, { table: 'keyless', operations: ['insert'] }]);
  expect(await triggers()).toEqual(['keyless', 'orders', 'parts', 'parts_1'].map((table) => ({ table })));
  await fixture.asOwner(`insert into public.parts values (1, '2026-01-02'); insert into public.keyless values (1)`);
  await soon(() =>
    got('/parts').map(({ data, subject = null }) => [(data as { table: string }).table, subject]),
  ).toEqual(
    expect.arrayContaining([
      ['parts', 'public.parts/1,2026-01-02'],
      ['keyless', null],
    ]),
  );
  const changed = await fixture.ask('PATCH', `/endpoints/${one}`, { tables: [{ table: 'parts' }] });
  expect(changed.body.tables).toHaveLength(1);
  expect(await triggers()).toEqual(['orders', 'parts', 'parts_1'].map((table) => ({ table })));
  expect((await fixture.ask('DELETE', `/endpoints/${one}`)).status).toBe(204);
  expect(await triggers()).toEqual([{ table: 'orders' }]);
});

test.each([
  ['nowhere', 'public', 'webhooks.table_unknown'],
  ['seen', 'public', 'webhooks.table_refused'],
  ['log', 'events', 'webhooks.table_refused'],
  ['endpoints', 'webhooks', 'webhooks.table_refused'],
  ['migrations', 'ashlar', 'webhooks.table_refused'],
  ['pg_class', 'pg_catalog', 'webhooks.table_refused'],
])('%s of %s is refused, and no endpoint is made', async (table, schema, code) => {
  const before = (await fixture.ask('GET', '/endpoints')).body.endpoints.length;
  const refused = await fixture.ask('POST', '/endpoints', { url: `${receiver.url}/x`, tables: [{ schema, table }] });
  expect(refused).toMatchObject({ status: 422, body: { code } });
  expect((await fixture.ask('GET', '/endpoints')).body.endpoints).toHaveLength(before);
});

test('a name full of quotes is a name', async () => {
  await fixture.asOwner(`create table public."a""b'; drop table orders --" (id int primary key)`);
  const id = await follow('/quotes', [{ table: `a"b'; drop table orders --` }]);
  await fixture.asOwner(`insert into public."a""b'; drop table orders --" values (1)`);
  await soon(() => got('/quotes').length).toBe(1);
  await fixture.ask('DELETE', `/endpoints/${id}`);
});

test("a cast the project's owner wrote runs with the rights of who writes the row", async () => {
  await fixture.asOwner(`
    create table public.spied (who text);
    create type public.trap as enum ('x');
    create function public.spring(public.trap) returns json language plpgsql as $$
      begin insert into public.spied values (current_user); return '1'; end $$;
    create cast (public.trap as json) with function public.spring(public.trap);
    create table public.trapped (id int primary key, t public.trap);
    grant all on public.spied, public.trapped to authenticated`);
  await follow('/trapped', [{ table: 'trapped' }]);
  await fixture.test.sql(`set role authenticated; insert into public.trapped values (1, 'x'); reset role`);
  expect(await fixture.test.sql('select * from public.spied')).toEqual([{ who: 'authenticated' }]);
});
