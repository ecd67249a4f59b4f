import { createTestProject, type TestProject } from '@ashlar/testing';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ignoreObservations } from '@ashlar/telemetry';
import type { LoginKind, LocalSettings } from '../session/call.ts';
import { runScript } from '../session/run-script.ts';
import { maintainEvents } from './maintain-events.ts';
import { migrateDatabase } from './migrate-database.ts';
import { platformSchema } from './platform-schema.ts';

let project: TestProject;

beforeAll(async () => {
  project = await createTestProject();
});

afterAll(() => project.close());

async function emit(login: LoginKind, role: string, type: string, settings: LocalSettings = []): Promise<string> {
  const { rows } = await project.database.call({
    login,
    role,
    settings,
    readOnly: false,
    connection: 'own',
    statement: { text: `select events.emit($1, 'subject 1', '{"n": 1}')`, values: [type] },
  });
  return rows[0]?.[0] ?? '';
}

test('what the owner makes in public is granted to the API roles, with row-level security left to the owner', async () => {
  await runScript(
    project.target,
    `create table public.made (id serial primary key);
     create function public.made_too() returns int language sql as 'select 1';`,
  );
  const rows = await project.sql(
    `select r as role,
            has_table_privilege(r, 'public.made', 'select, insert, update, delete') as tables,
            has_sequence_privilege(r, 'public.made_id_seq', 'usage') as sequences,
            has_function_privilege(r, 'public.made_too()', 'execute') as functions
       from unnest(array['anon', 'authenticated', 'service_role']) r`,
  );
  const all = { tables: true, sequences: true, functions: true };
  expect(rows).toEqual([
    { role: 'anon', ...all },
    { role: 'authenticated', ...all },
    { role: 'service_role', ...all },
  ]);
});

test('only the owner creates in public', async () => {
  const create = project.database.call({
    login: 'authenticator',
    role: 'service_role',
    settings: [],
    readOnly: false,
    connection: 'own',
    statement: { text: 'create table public.not_mine (id int)', values: [] },
  });
  await expect(create).rejects.toMatchObject({ code: '42501' });
});

test('the extensions seed files use are there', async () => {
  const [row] = await project.sql(
    `select extensions.crypt('pw', extensions.gen_salt('bf')) like '$2a$%' as hash,
            extensions.uuid_generate_v4() is not null as uuid`,
  );
  expect(row).toEqual({ hash: true, uuid: true });
});

test('an event carries the claims and trace of its request', async () => {
  const id = await emit('authenticator', 'authenticated', 'app.note.added', [
    ['request.jwt.claims', '{"sub":"user 1","app_metadata":{"org_id":"org 1"}}'],
    ['request.headers', '{"traceparent":"00-aaaa-bbbb-01"}'],
  ]);
  const [row] = await project.sql('select * from events.log where id = $1', [id]);
  expect(row).toEqual({
    id,
    type: 'app.note.added',
    source: `/${project.target.database}/authenticated`,
    subject: 'subject 1',
    data: { n: 1 },
    time: expect.any(Date),
    org: 'org 1',
    actor: 'user 1',
    traceparent: '00-aaaa-bbbb-01',
    seq: expect.stringMatching(/^\d+$/),
    dataschema: null,
    aggregateversion: null,
    causationid: null,
    correlationid: null,
  });
});

test('ids of events are UUIDs of version 7 that grow with time', async () => {
  const [row] = await project.sql<{ id: string; ms: number }>(
    `select events.uuid_v7(at)::text as id, (extract(epoch from at) * 1000)::bigint::text as ms
       from (values (timestamptz '2026-11-21 03:04:05.678Z')) v(at)`,
  );
  expect(row?.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(Number.parseInt((row?.id ?? '').replaceAll('-', '').slice(0, 12), 16)).toBe(Number(row?.ms));
});

test('a service emits its own types, and nobody else does', async () => {
  await expect(emit('platform', 'identity', 'identity.user.created')).resolves.toMatch(/^[0-9a-f-]{36}$/);
  for (const [login, role] of [
    ['authenticator', 'authenticated'],
    ['authenticator', 'service_role'],
    ['owner', 'postgres'],
    ['platform', 'supabase_auth_admin'],
  ] as const) {
    await expect(emit(login, role, 'identity.user.created')).rejects.toMatchObject({ code: '42501' });
    await expect(emit(login, role, 'app.thing.happened')).resolves.toMatch(/^[0-9a-f-]{36}$/);
  }
});

test('a role cannot pass for a service through a function of a service', async () => {
  await project.sql(`
    create function public.as_identity() returns uuid language sql security definer
      as $$ select events.emit('identity.user.created', null, '{}') $$;
    alter function public.as_identity() owner to identity;
    grant execute on function public.as_identity() to authenticated;`);
  const call = project.database.call({
    login: 'authenticator',
    role: 'authenticated',
    settings: [],
    readOnly: false,
    connection: 'own',
    statement: { text: 'select public.as_identity()', values: [] },
  });
  await expect(call).rejects.toMatchObject({ code: '42501' });
});

test('types and sizes out of bounds are refused', async () => {
  await expect(emit('owner', 'postgres', 'app')).rejects.toMatchObject({ code: '22023' });
  await expect(emit('owner', 'postgres', 'App.Thing')).rejects.toMatchObject({ code: '22023' });
  await expect(
    project.sql(`select events.emit('app.large', null, jsonb_build_object('x', repeat('x', 300000)))`),
  ).rejects.toMatchObject({ code: '54000' });
});

const many = (login: LoginKind, role: string, facts: readonly object[]) =>
  project.database.call({
    login,
    role,
    settings: [['request.jwt.claims', '{"sub":"user 2","org_id":"org 2"}']],
    readOnly: false,
    connection: 'own',
    statement: { text: 'select events.emit_many($1)', values: [JSON.stringify(facts)] },
  });

test('many events at once are those that one after the other would be, in their order', async () => {
  const envelope = { dataschema: null, aggregateversion: 7, causationid: 'cause', correlationid: 'whole' };
  const facts = Array.from({ length: 300 }, (_, n) => ({
    type: `identity.${n % 2 === 0 ? 'even' : 'odd'}.counted`,
    subject: `many ${n}`,
    data: { n },
    envelope,
  }));
  await many('platform', 'identity', [...facts, { type: 'app.many.bare' }]);
  const rows = await project.sql(
    `select type, subject, data, source, org, actor, dataschema, aggregateversion::int, causationid, correlationid
       from events.log where actor = 'user 2' order by seq`,
  );
  const common = { source: `/${project.target.database}/identity`, org: 'org 2', actor: 'user 2' };
  const bare = { dataschema: null, aggregateversion: null, causationid: null, correlationid: null };
  expect(rows).toEqual([
    ...facts.map(({ envelope: also, ...fact }) => ({ ...fact, ...common, ...also })),
    { type: 'app.many.bare', subject: null, data: {}, ...common, ...bare },
  ]);
});

test.each([
  ['a type of another service', { type: 'storage.object.created' }],
  ['a type that is none', { type: 'identity' }],
  ['no type', {}],
  ['a long subject', { type: 'app.x.y', subject: 'x'.repeat(501) }],
  ['large data', { type: 'app.x.y', data: { x: 'x'.repeat(300_000) } }],
  ['a large envelope', { type: 'app.x.y', envelope: { correlationid: 'x'.repeat(5_000) } }],
  ['an unknown member of the envelope', { type: 'app.x.y', envelope: { time: '2020-01-01' } }],
  ['an envelope that is a list', { type: 'app.x.y', envelope: [] }],
])('among many events, %s is refused as it is alone, and none of them is told', async (_what, fact: object) => {
  const { type = null, subject = null, data = {}, envelope = null } = fact as Partial<Record<string, unknown>>;
  const alone = project.database.call({
    login: 'platform',
    role: 'identity',
    settings: [],
    readOnly: false,
    connection: 'own',
    statement: {
      text: 'select events.emit($1, $2, $3, $4)',
      values: [
        type as string | null,
        subject as string | null,
        JSON.stringify(data),
        envelope === null ? null : JSON.stringify(envelope),
      ],
    },
  });
  const { code, message } = await alone.then(
    () => expect.unreachable('it was told'),
    (error: Error & { code?: string }) => error,
  );
  const good = { type: 'app.among.many' };
  await expect(many('platform', 'identity', [good, fact])).rejects.toMatchObject({ code, message });
  expect(await project.sql(`select id from events.log where type = 'app.among.many'`)).toEqual([]);
});

test('an event of a transaction rolled back was never there', async () => {
  await project.sql(`begin; select events.emit('app.undone', null, '{}'); rollback`);
  expect(await project.sql(`select id from events.log where type = 'app.undone'`)).toEqual([]);
});

test('the log cannot be written past emit, nor changed', async () => {
  for (const statement of [
    `insert into events.log (id, type, source, data, time) values (gen_random_uuid(), 'app.x', '/', '{}', now())`,
    'delete from events.log',
    `update events.log set type = 'app.y'`,
    'select * from events.log',
    'select events.maintain()',
    `select events.ensure_partition('2020-01-01')`,
    `select pg_logical_emit_message(false, 'x', 'y')`,
  ]) {
    await expect(runScript(project.target, statement), statement).rejects.toMatchObject({ code: '42501' });
  }
});

test('partitions are made ahead, made when missing, and leave after their days', async () => {
  const partitions = async (): Promise<number> => {
    const [row] = await project.sql<{ count: number }>(
      `select count(*)::int as count from pg_inherits where inhparent = 'events.log'::regclass`,
    );
    return row?.count ?? 0;
  };
  expect(await partitions()).toBe(8);
  await project.sql(`select events.ensure_partition(current_date - 30)`);
  expect(await maintainEvents(project.database)).toBe(1);
  expect(await partitions()).toBe(8);
  await project.sql(
    `do $$ begin execute format('drop table events.log_%s', to_char(now() at time zone 'UTC', 'YYYYMMDD')); end $$`,
  );
  await emit('owner', 'postgres', 'app.after.midnight');
  expect(await partitions()).toBe(8);
});

test('DDL is announced at commit; temporary tables and the log are not', async () => {
  const listener = new Client(project.cluster.admin(project.target.database));
  const heard: string[] = [];
  listener.on('notification', ({ payload }) => heard.push(payload ?? ''));
  await listener.connect();
  await listener.query('listen pgrst');
  const hear = async (sql: string): Promise<number> => {
    heard.length = 0;
    await project.sql(sql);
    await listener.query('select 1');
    return heard.length;
  };
  expect(await hear('create table public.a (id int)')).toBe(1);
  expect(await hear('alter table public.a add b text; alter table public.a add c text')).toBe(1);
  expect(await hear(`comment on table public.a is 'x'`)).toBe(1);
  expect(await hear('drop table public.a')).toBe(1);
  expect(await hear('create temp table t (id int); create index on t (id); drop table t')).toBe(0);
  expect(await hear('select events.maintain(20, 7)')).toBe(0);
  expect(await hear('begin; create table public.b (id int); rollback')).toBe(0);
  await listener.end();
});

test('the platform migrations can be looked over again at every start', async () => {
  const options = {
    admin: project.cluster.admin(project.target.database),
    owners: [platformSchema],
    ownerRole: project.cluster.ownerRole,
    observe: ignoreObservations,
  };
  const status = await migrateDatabase(options);
  expect(status.every(({ state }) => state === 'applied')).toBe(true);
});
