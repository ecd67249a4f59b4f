import { createTestProject, type TestProject } from '@ashlar/testing';
import { must } from '@ashlar/kernel';
import { Client, DatabaseError } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clusterRoles } from './roles.ts';

/** A statement that waits for a lock is a failure, not a reason to hang. */
const QUERY_TIMEOUT_MS = 10_000;

let a: TestProject;
let b: TestProject;

/** A table as services have them: its owner lets the project's owner put triggers on it, and the runner writes it. */
const SERVICE_TABLE = `
  create schema auth authorization supabase_auth_admin;
  grant usage on schema auth to identity, postgres;
  create table auth.users (id serial primary key);
  alter table auth.users owner to supabase_auth_admin;
  grant all on auth.users to identity;
  grant usage on sequence auth.users_id_seq to identity;
  grant select, insert, trigger on auth.users to postgres`;

/** What the project's owner adds: every statement of the list is tried wherever the trigger fires. */
const TRIGGER = `
  create table public.attempts (statement text primary key, at_once text, at_commit text);
  grant all on public.attempts to public;
  create function public.try_all() returns trigger language plpgsql as $$
  declare
    attempt record;
    outcome text;
  begin
    for attempt in select a.statement from public.attempts a loop
      begin
        execute attempt.statement;
        outcome := 'allowed';
      exception when others then
        outcome := sqlstate;
      end;
      set role identity;
      if tg_name = 'at_once' then
        update public.attempts a set at_once = outcome where a.statement = attempt.statement;
      else
        update public.attempts a set at_commit = outcome where a.statement = attempt.statement;
      end if;
    end loop;
    return null;
  end
  $$;
  create trigger at_once after insert on auth.users for each row execute function public.try_all();
  create constraint trigger at_commit after insert on auth.users
    deferrable initially deferred for each row execute function public.try_all()`;

beforeAll(async () => {
  a = await createTestProject();
  b = await createTestProject();
  await a.sql(SERVICE_TABLE);
  await asOwner(a, TRIGGER);
});
afterAll(async () => {
  await a.close();
  await b.close();
});

async function asOwner(project: TestProject, text: string): Promise<void> {
  const { host, port, database, logins } = project.target;
  const owner = new Client({ host, port, database, ...logins.owner, query_timeout: QUERY_TIMEOUT_MS });
  await owner.connect();
  try {
    await owner.query(text);
  } finally {
    await owner.end();
  }
}

/** SQLSTATE or `allowed` of a statement inside the trigger, while it fires and at the commit. */
async function tryInTrigger(statement: string): Promise<unknown> {
  await a.sql('truncate public.attempts');
  await a.sql('insert into public.attempts (statement) values ($1)', [statement]);
  await a.database.transaction({ login: 'service', role: 'identity' }, (tx) =>
    tx.query('insert into auth.users default values'),
  );
  const [row] = await a.sql('select at_once, at_commit from public.attempts');
  return row;
}

const REFUSED = { at_once: '42501', at_commit: '42501' };

const OTHER_ROLES = [
  'supabase_admin',
  'pg_read_all_data',
  'pg_execute_server_program',
  ...clusterRoles('postgres')
    .map(({ name }) => name)
    .filter((name) => name !== 'identity'),
];

describe("a trigger of the project's owner, run by a service", () => {
  test.each(OTHER_ROLES)('cannot become %s', async (role) => {
    expect(await tryInTrigger(`set role ${role}`)).toEqual(REFUSED);
    expect(await tryInTrigger(`set local role ${role}`)).toEqual(REFUSED);
    expect(await tryInTrigger(`reset role; set role ${role}`)).toEqual(REFUSED);
    expect(await tryInTrigger(`select set_config('role', '${role}', true)`)).toEqual(REFUSED);
    expect(await tryInTrigger(`set session authorization ${role}`)).toEqual(REFUSED);
  });

  test.each([
    'create table auth.mine (id int)',
    `create function events.mine() returns int language sql as 'select 1'`,
    `create function ashlar.mine() returns int language sql as 'select 1'`,
    'alter table auth.users disable trigger all',
    'select * from ashlar.migrations',
    'delete from events.log',
    'select events.maintain()',
    'grant identity to postgres',
    'reset role; grant identity to postgres',
    'reset role; alter role current_user superuser',
    'reset role; alter role current_user createrole bypassrls',
    `reset role; alter role "$B_identity" password 'mine'`,
    `reset role; alter role ashlar_platform set search_path = 'public'`,
    'reset role; drop owned by postgres',
  ])('cannot: %s', async (statement) => {
    expect(await tryInTrigger(statement.replaceAll('$B', b.ref))).toEqual(REFUSED);
  });

  test('changes the password and settings of its own login at most, and the next wake mends the password', async () => {
    const login = must(a.target.services?.get('identity'), 'the login');
    const { host, port } = a.target;
    const enter = async (database: string, password: string): Promise<string> => {
      const client = new Client({ host, port, database, user: login.user, password });
      client.on('error', () => undefined);
      try {
        await client.connect();
        return 'in';
      } catch (error) {
        return error instanceof DatabaseError ? (error.code ?? 'unknown') : String(error);
      } finally {
        await client.end();
      }
    };
    const changed = await tryInTrigger(`reset role; alter role current_user password 'mine'`);
    expect(changed).toEqual({ at_once: 'allowed', at_commit: 'allowed' });
    expect(await enter(a.target.database, 'mine')).toBe('in');
    for (const database of [b.target.database, 'control', 'postgres', 'template1']) {
      expect(await enter(database, 'mine'), database).toBe('42501');
    }
    const { authenticator, owner } = a.target.logins;
    await a.cluster.ensureProject(a.ref, { authenticator, owner });
    expect(await enter(a.target.database, 'mine')).toBe('28P01');
    expect(await enter(a.target.database, login.password)).toBe('in');
  });

  test('leaves nothing behind that reaches the next transaction of the service', async () => {
    await tryInTrigger('reset role; set session statement_timeout = 0');
    const { rows } = await a.database.transaction({ login: 'service', role: 'identity' }, (tx) =>
      tx.query('select current_user, session_user'),
    );
    expect(rows).toEqual([{ current_user: 'identity', session_user: `${a.ref}_identity` }]);
  });
});

test('a project from before services had logins gets them when it wakes', async () => {
  const name = `${b.ref}_identity`;
  await b.sql(`revoke all on database "${b.target.database}" from "${name}"; drop role "${name}"`);
  const { authenticator, owner } = b.target.logins;
  await b.cluster.ensureProject(b.ref, { authenticator, owner });
  const { rows } = await b.database.transaction({ login: 'service', role: 'identity' }, (tx) =>
    tx.query('select session_user as login'),
  );
  expect(rows).toEqual([{ login: name }]);
});

test('a role that no service runs as has no such login', async () => {
  await expect(
    b.database.transaction({ login: 'service', role: 'events_owner' }, (tx) => tx.query('select 1')),
  ).rejects.toThrow('the login of the service events_owner');
});
