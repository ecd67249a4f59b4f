import { createClient, REALTIME_SUBSCRIBE_STATES } from '@supabase/supabase-js';
import { type RunningServer, startServer, startTestCluster, type TestCluster } from '@ashlar/testing';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Answer, ask, setUp } from './control-client.fixture.ts';

const PASSWORD = 'of an account of the project';

let server: RunningServer;
let owner: Awaited<ReturnType<typeof setUp>>;
/** A server somebody else runs. */
let elsewhere: TestCluster;
let url: string;
let isClosed = false;

beforeAll(async () => {
  elsewhere = await startTestCluster();
  await onElsewhere('create database "shop_db"');
  await onElsewhere(`create role weak login password 'weak'`);
  await onElsewhere('create database weak_db owner weak');
  url = urlOf('shop_db');
  server = await startServer({ environment: { ASHLAR_OUTBOUND_ALLOW: '127.0.0.1' } });
  owner = await setUp(server);
});

afterAll(async () => {
  await server?.stop();
  if (!isClosed) await elsewhere?.close();
});

const send = (method: string, path: string, body?: unknown): Promise<Answer> =>
  ask(server, method, path, { bearer: owner.bearer, body });

const place = (ref: string, databaseUrl: string): Promise<Answer> =>
  send('POST', `/organisations/${owner.organisation}/projects`, { ref, database_url: databaseUrl });

function urlOf(database: string, login = 'supabase_admin', password?: string, port = elsewhere.cluster.port): string {
  const given = encodeURIComponent(password ?? elsewhere.cluster.admin('postgres').password);
  return `postgresql://${login}:${given}@127.0.0.1:${port}/${database}`;
}

async function onElsewhere(text: string, database = 'postgres'): Promise<readonly Record<string, unknown>[]> {
  const client = new Client({ ...elsewhere.cluster.admin(database) });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}

const clientOf = async (ref: string) => {
  const { body } = await send('GET', `/projects/${ref}/keys`);
  const options = { auth: { persistSession: false, autoRefreshToken: false, storageKey: ref } };
  return createClient(`${server.url}/p/${ref}`, body.anon_key, options);
};

/** What is said of a place that will not do; never the password. */
const refused = async (databaseUrl: string): Promise<string> => {
  const { status, body } = await place('shop', databaseUrl);
  expect(status).toBe(422);
  expect(body.code).toBe('control.placement_refused');
  expect(JSON.stringify(body)).not.toContain('hush');
  return body.message;
};

test('a place that will not do is refused with the reason, and nothing is left of the attempt', async () => {
  expect(await refused(urlOf('shop_db', 'supabase_admin', 'hush'))).toContain('password authentication failed');
  expect(await refused(urlOf('shop_db', 'supabase_admin', 'hush', 1))).toContain('Cannot reach PostgreSQL');
  expect(await refused(urlOf('weak_db', 'weak', 'weak'))).toContain('lacks a right');
  expect(await refused('postgresql://a:hush@10.1.2.3/x')).toContain('not a public address');
  expect(await refused('postgresql://a:hush@x/x?host=/var/run/postgresql')).toContain('cannot live there');
  expect(await refused('mysql://a:hush@127.0.0.1/x')).toContain('it begins with mysql:');
  expect((await send('GET', '/projects/shop')).status).toBe(404);
  expect(await onElsewhere(`select rolname from pg_roles where rolname like 'shop\\_%'`)).toEqual([]);
});

test('a project on another server is used like any other: accounts, rows, changes, console', async () => {
  const made = await place('shop', url);
  expect(made).toMatchObject({
    status: 201,
    body: { status: 'active', database_server: `127.0.0.1:${elsewhere.cluster.port}/shop_db` },
  });
  const { password } = elsewhere.cluster.admin('postgres');
  const [row] = await server.superuserSql<{ row: string }>(
    `select p::text as row from control.projects p where ref = 'shop'`,
    [],
    'control',
  );
  expect(row?.row).not.toContain(password);
  expect(row?.row).not.toContain(Buffer.from(password).toString('hex'));

  const operations = [
    {
      operation: 'create-table',
      input: { table: 'notes', columns: [{ name: 'text', type: 'text' }], rowSecurity: true },
    },
  ];
  const applied = await send('POST', '/projects/shop/meta/apply', { operations });
  expect(applied.status, JSON.stringify(applied.body)).toBe(200);
  const sql = `alter table notes add primary key (text);
    create policy own on notes for all to authenticated using (true) with check (true);
    alter publication supabase_realtime add table notes; grant all on notes to authenticated`;
  expect((await send('POST', '/projects/shop/sql', { sql, as: 'owner' })).body.committed).toBe(true);

  const client = await clientOf('shop');
  const signedUp = await client.auth.signUp({ email: 'ada@example.org', password: PASSWORD });
  expect(signedUp.error).toBeNull();
  expect(await onElsewhere('select email from auth.users', 'shop_db')).toEqual([{ email: 'ada@example.org' }]);

  await client.realtime.setAuth();
  const heard: unknown[] = [];
  await new Promise<void>((resolve, reject) => {
    client
      .channel('changes')
      .on('postgres_changes', { event: 'INSERT', schema: 'public', table: 'notes' }, ({ new: added }) =>
        heard.push(added),
      )
      .on('system', {}, ({ status }) => status === 'ok' && resolve())
      .subscribe(
        (status, error) =>
          status === REALTIME_SUBSCRIBE_STATES.CHANNEL_ERROR && reject(error ?? new Error('No channel')),
      );
  });
  expect((await client.from('notes').insert({ text: 'hello' })).error).toBeNull();
  await expect.poll(() => heard, { timeout: 30_000 }).toEqual([{ text: 'hello' }]);
  await client.removeAllChannels();
  const seen = await send('POST', '/projects/shop/sql', { sql: 'select text from notes' });
  expect(seen.body.results[0].rows).toEqual([['hello']]);
});

test('another project cannot take a database that has one', async () => {
  const again = await place('second', url);
  expect(again.body.message).toContain('another project lives in it');
});

test('a paused project leaves its server alone, and comes back', async () => {
  expect((await send('POST', '/projects/shop/pause')).body.status).toBe('paused');
  const open = await onElsewhere(`select from pg_stat_activity where usename like 'shop\\_%'`);
  expect(open).toHaveLength(0);
  expect(await onElsewhere(`select from pg_replication_slots where database = 'shop_db'`)).toHaveLength(0);
  expect((await fetch(`${server.url}/p/shop/auth/v1/health`)).status).toBe(540);
  expect((await send('POST', '/projects/shop/restore')).body.status).toBe('active');
  expect((await fetch(`${server.url}/p/shop/auth/v1/health`)).status).toBe(200);
});

test('a copy of it lives beside it', async () => {
  expect((await send('POST', '/projects/shop/clone', { ref: 'twin' })).status).toBe(202);
  await expect.poll(async () => (await send('GET', '/projects/twin')).body.status, { timeout: 30_000 }).toBe('active');
  const client = await clientOf('twin');
  expect((await client.auth.signInWithPassword({ email: 'ada@example.org', password: PASSWORD })).error).toBeNull();
  expect((await client.from('notes').select()).data).toEqual([{ text: 'hello' }]);
  expect(await onElsewhere('select text from public.notes', 'project_twin')).toHaveLength(1);
  expect(
    (await (await clientOf('shop')).auth.signInWithPassword({ email: 'ada@example.org', password: PASSWORD })).error,
  ).toBeNull();
});

test('removing it takes its logins and leaves its database, where it can be taken up again', async () => {
  const reset = await server.ashlar('db', 'reset', '--project', 'shop', '--yes');
  expect(reset.stderr).toContain('a server of its own');
  expect((await server.ashlar('project', 'remove', 'shop', '--yes')).stderr).toBe('');
  expect(await onElsewhere(`select rolname from pg_roles where rolname like 'shop\\_%'`)).toEqual([]);
  expect(await onElsewhere('select text from public.notes', 'shop_db')).toEqual([{ text: 'hello' }]);

  const taken = await server.ashlar('project', 'create', 'shop-again', '--on', url);
  expect(taken.stderr).toBe('');
  const client = await clientOf('shop-again');
  expect((await client.auth.signInWithPassword({ email: 'ada@example.org', password: PASSWORD })).error).toBeNull();
  expect((await client.from('notes').select()).data).toEqual([{ text: 'hello' }]);
  expect((await server.ashlar('status', '--project', 'shop-again')).stdout).toContain(`/shop_db`);
});

test('its database goes only with who asks for that', async () => {
  await send('DELETE', '/projects/twin');
  expect((await send('POST', '/projects/twin/purge')).status).toBe(204);
  expect(await onElsewhere(`select from pg_database where datname = 'project_twin'`)).toHaveLength(1);
  await send('DELETE', '/projects/shop-again');
  expect((await send('POST', '/projects/shop-again/purge', { drop_database: true })).status).toBe(204);
  expect(await onElsewhere(`select from pg_database where datname = 'shop_db'`)).toHaveLength(0);
  expect((await send('GET', '/projects/shop-again')).status).toBe(404);
});

test('a server that goes away takes its project along and no other, and a project of it can still be removed', async () => {
  await onElsewhere('create database gone_db');
  expect((await place('gone', urlOf('gone_db'))).status).toBe(201);
  const health = async (path: string): Promise<number> =>
    (await fetch(`${server.url}${path}/rest/v1/?select=id`)).status;
  expect(await health('/p/gone')).toBe(200);
  await elsewhere.close();
  isClosed = true;
  await expect.poll(() => health('/p/gone'), { timeout: 30_000 }).toBe(503);
  expect(await health('')).toBe(200);
  const dropping = await server.ashlar('project', 'remove', 'gone', '--yes', '--drop-database');
  expect(dropping.stderr).toContain('Cannot reach PostgreSQL');
  expect((await server.ashlar('project', 'remove', 'gone', '--yes')).code).toBe(0);
  expect((await send('GET', '/projects/gone')).status).toBe(404);
});
