import { createTestProject, type TestProject } from '@ashlar/testing';
import { Client, DatabaseError } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DatabaseTarget } from '../session/target.ts';

type Kind = keyof DatabaseTarget['logins'];

/** A statement that waits for a lock is a failure, not a reason to hang. */
const QUERY_TIMEOUT_MS = 10_000;

/** The attacker's project, and the one that must not notice. */
let a: TestProject;
let b: TestProject;

beforeAll(async () => {
  a = await createTestProject();
  b = await createTestProject();
  const owner = await connect(b, 'owner');
  await owner.query(`CREATE TABLE treasure AS SELECT 'gold' AS content`);
  await owner.end();
});
afterAll(async () => {
  await a.close();
  await b.close();
});

async function connect(project: TestProject, login: Kind, database = project.target.database): Promise<Client> {
  const { host, port, logins } = project.target;
  const client = new Client({ host, port, database, ...logins[login], query_timeout: QUERY_TIMEOUT_MS });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

/** SQLSTATE of what the server refused, or `allowed`. */
async function outcome(attempt: Promise<unknown>): Promise<string> {
  try {
    await attempt;
    return 'allowed';
  } catch (error) {
    if (error instanceof DatabaseError) return error.code ?? 'unknown';
    throw error;
  }
}

function filled(template: string): string {
  return template.replaceAll('$A', a.ref).replaceAll('$B', b.ref);
}

/** Everything project B needs of the cluster, by its own logins. */
async function expectUnharmed(): Promise<void> {
  const owner = await connect(b, 'owner');
  expect((await owner.query('SELECT content, current_user FROM treasure')).rows).toEqual([
    { content: 'gold', current_user: 'postgres' },
  ]);
  await owner.query('CREATE SCHEMA still_mine; DROP SCHEMA still_mine');
  await owner.end();
  const authenticator = await connect(b, 'authenticator');
  await authenticator.query('SET ROLE service_role; SELECT content FROM treasure');
  await authenticator.end();
}

describe.each<Kind>(['owner', 'authenticator'])("project A's %s login", (login) => {
  test.each(['B', 'control', 'postgres', 'template1'])('cannot connect to database %s', async (name) => {
    const database = name === 'B' ? b.target.database : name;
    expect(await outcome(connect(a, login, database))).toBe('42501');
  });

  test('cannot open a replication connection', async () => {
    const { host, port, database, logins } = a.target;
    const config = { host, port, database, ...logins[login], replication: 'database' };
    expect(await outcome(new Client(config).connect())).toBe('42501');
  });

  test.each([
    'supabase_admin',
    'ashlar_platform',
    'supabase_auth_admin',
    'identity',
    'control',
    'control_owner',
    'events_owner',
    'scheduler_owner',
    'scheduler',
    'pg_read_all_data',
    'pg_signal_backend',
    'pg_execute_server_program',
    'pg_read_server_files',
  ])('cannot become %s', async (role) => {
    const client = await connect(a, login);
    await client.query('SET ROLE NONE');
    expect(await outcome(client.query(`SET ROLE ${role}`))).toBe('42501');
    expect(await outcome(client.query(`SET SESSION AUTHORIZATION ${role}`))).toBe('42501');
    await client.end();
  });
});

/** `$A` and `$B` are the projects' refs. All of them run as `postgres` and again as the bare login. */
const REFUSED: readonly string[] = [
  'SET ROLE "$B_owner"',
  'SET ROLE "$B_authenticator"',
  'SET SESSION AUTHORIZATION "$B_owner"',
  'GRANT "$B_owner" TO CURRENT_USER',
  'GRANT service_role TO CURRENT_USER WITH ADMIN OPTION',
  'GRANT pg_read_all_data TO CURRENT_USER',
  'REVOKE postgres FROM "$B_owner"',
  'REVOKE anon FROM "$B_authenticator"',
  `ALTER ROLE "$B_owner" PASSWORD 'mine'`,
  `ALTER ROLE "$B_owner" SET search_path = 'nowhere'`,
  'ALTER ROLE "$B_owner" RENAME TO gone',
  `ALTER ROLE anon SET statement_timeout = '1ms'`,
  `ALTER ROLE anon IN DATABASE "project_$B" SET statement_timeout = '1ms'`,
  'ALTER ROLE CURRENT_USER SUPERUSER',
  'ALTER ROLE CURRENT_USER CREATEROLE CREATEDB REPLICATION BYPASSRLS',
  'DROP ROLE "$B_owner"',
  'CREATE ROLE mine SUPERUSER',
  'DROP DATABASE "project_$B"',
  'ALTER DATABASE "project_$B" RENAME TO mine',
  'ALTER DATABASE "project_$B" ALLOW_CONNECTIONS false',
  `ALTER DATABASE "project_$B" SET search_path = 'nowhere'`,
  'CREATE DATABASE mine TEMPLATE "project_$B"',
  'CREATE EXTENSION dblink',
  'CREATE EXTENSION postgres_fdw',
  'CREATE EXTENSION file_fdw',
  `COPY (SELECT 1) TO PROGRAM 'id'`,
  `COPY (SELECT 1) TO '/tmp/ashlar-isolation'`,
  `CREATE TEMP TABLE lines (line text); COPY lines FROM '/etc/passwd'`,
  `SELECT pg_read_file('postgresql.conf')`,
  `SELECT pg_ls_dir('base')`,
  `SELECT lo_import('/etc/passwd')`,
  `SELECT lo_export(lo_from_bytea(0, 'x'), '/tmp/ashlar-isolation')`,
  `LOAD '/tmp/mine.so'`,
  `CREATE FUNCTION c() RETURNS int LANGUAGE c AS '/tmp/mine', 'c'`,
  `CREATE FUNCTION i() RETURNS int LANGUAGE internal AS 'int4pl'`,
  `CREATE SUBSCRIPTION mine CONNECTION 'dbname=project_$B' PUBLICATION p`,
  `CREATE TABLESPACE mine LOCATION '/tmp'`,
  `ALTER SYSTEM SET fsync = off`,
  'SET event_triggers = off',
  `SELECT pg_create_physical_replication_slot('mine')`,
  'SELECT pg_reload_conf()',
  'SELECT pg_switch_wal()',
  'SELECT rolpassword FROM pg_authid',
  'BEGIN; LOCK TABLE pg_catalog.pg_database',
  'DROP OWNED BY postgres',
  'DO $$ BEGIN EXECUTE $e$DROP OWNED BY postgres$e$; END $$',
  'DROP EVENT TRIGGER ashlar_refuse_drop_owned',
  // What a superuser's migration would run.
  'CREATE EVENT TRIGGER mine ON ddl_command_end EXECUTE FUNCTION ashlar.announce_ddl()',
  `CREATE OR REPLACE FUNCTION ashlar.announce_ddl() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'`,
  `CREATE FUNCTION ashlar.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'`,
  `CREATE FUNCTION events.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'`,
  `ALTER ROLE "$B_identity" PASSWORD 'mine'`,
  'GRANT identity TO CURRENT_USER',
];

/** PostgreSQL answers these with a warning or not at all, and does nothing that project B could notice. */
const INEFFECTIVE: readonly string[] = [
  'GRANT CONNECT ON DATABASE "project_$B" TO PUBLIC',
  'GRANT CREATE ON DATABASE "project_$B" TO "$A_owner" WITH GRANT OPTION',
  'REVOKE CONNECT ON DATABASE "project_$B" FROM "$B_owner"',
  'SET ROLE NONE; REASSIGN OWNED BY postgres TO "$A_owner"',
  // A role may change its own settings anywhere; they count at a login, and nobody logs in as postgres.
  `ALTER ROLE postgres SET statement_timeout = '1ms'`,
  `ALTER ROLE postgres IN DATABASE "project_$B" SET search_path = 'nowhere'`,
  `ALTER ROLE postgres PASSWORD 'mine'`,
];

describe("project A's owner", () => {
  test.each(REFUSED)('is refused: %s', async (template) => {
    const client = await connect(a, 'owner');
    try {
      expect(await outcome(client.query(filled(template)))).toBe('42501');
      await client.query('ROLLBACK; SET ROLE NONE');
      expect(await outcome(client.query(filled(template)))).toBe('42501');
    } finally {
      await client.end();
    }
    await expectUnharmed();
  });

  test.each(INEFFECTIVE)('does no harm: %s', async (template) => {
    const client = await connect(a, 'owner');
    await client.query(filled(template));
    await client.end();
    expect(await outcome(connect(a, 'owner', b.target.database))).toBe('42501');
    await expectUnharmed();
  });

  test("neither ends nor reads project B's sessions", async () => {
    const victim = await connect(b, 'owner');
    const { rows } = await victim.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    const pid = rows[0]?.pid;
    const client = await connect(a, 'owner');
    expect(await outcome(client.query('SELECT pg_terminate_backend($1)', [pid]))).toBe('42501');
    expect(await outcome(client.query('SELECT pg_cancel_backend($1)', [pid]))).toBe('42501');
    const seen = await client.query('SELECT query FROM pg_stat_activity WHERE pid = $1', [pid]);
    expect(seen.rows).toEqual([{ query: '<insufficient privilege>' }]);
    await client.end();
    expect((await victim.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
    await victim.end();
  });
});

test('a project whose rights were taken away has them again after ensureProject', async () => {
  await b.sql(`REVOKE ALL ON DATABASE "${b.target.database}" FROM postgres, "${b.ref}_owner"`);
  const { authenticator, owner } = b.target.logins;
  await b.cluster.ensureProject(b.ref, { authenticator, owner });
  await expectUnharmed();
});
