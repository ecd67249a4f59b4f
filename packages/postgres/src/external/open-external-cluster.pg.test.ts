import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Observation } from '@ashlar/telemetry';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { withAdmin } from '../cluster/admin-connection.ts';
import type { ProjectLogins } from '../cluster/cluster.ts';
import { initialise } from '../embedded/initialise.ts';
import { locatePrograms } from '../embedded/platform-package.ts';
import { chooseRunAs } from '../embedded/run-as.ts';
import { makeSocketFolder } from '../embedded/socket-folder.ts';
import { superviseServer } from '../embedded/supervised-server.ts';
import { migrateDatabase } from '../migrations/migrate-database.ts';
import { platformSchema } from '../migrations/platform-schema.ts';
import { openPlacedHost } from './open-placed-host.ts';
import { openExternalCluster } from './open-external-cluster.ts';

const SYSTEM_SERVER = { host: '127.0.0.1', port: 5432, user: 'postgres', password: '' };

/** A server of the embedded programs without any role of ours: what a stranger's PostgreSQL 18 looks like. */
async function bareServer() {
  const folder = mkdtempSync(join(tmpdir(), 'ashlar-external-'));
  chmodSync(folder, 0o755);
  mkdirSync(join(folder, 'run'));
  const programs = locatePrograms();
  const dataFolder = join(folder, 'postgres');
  const runAs = chooseRunAs({ instanceDir: folder, dataFolder, program: programs.postgres });
  await initialise({ programs, folder: dataFolder, runAs, superuser: 'root', password: 'root', sync: false });
  const socketDir = makeSocketFolder(folder, runAs);
  const server = await superviseServer({
    programs,
    dataFolder,
    runAs,
    wantedPort: 0,
    socketDir,
    durability: 'none',
    observe: () => undefined,
  });
  return {
    port: server.port,
    async close() {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

describe('on a server whose login has few rights', () => {
  let server: Awaited<ReturnType<typeof bareServer>>;
  const root = () => ({ host: '127.0.0.1', port: server.port, user: 'root', password: 'root', database: 'postgres' });
  const asRoot = (text: string) => withAdmin(root(), (client) => client.query(text));
  const open = (user: string, observe: (observation: Observation) => void = () => undefined) =>
    openExternalCluster({
      url: `postgres://${user}:pw@127.0.0.1:${server.port}/shop`,
      platformPassword: 'platform',
      defaultRef: 'default',
      observe,
    });

  beforeAll(async () => {
    server = await bareServer();
    await asRoot(`CREATE ROLE app LOGIN PASSWORD 'pw'`);
    await asRoot('CREATE DATABASE shop OWNER app');
  });
  afterAll(() => server.close());

  test('each missing right is refused with the statement that gives it, until nothing is missing', async () => {
    await expect(open('app')).rejects.toMatchObject({
      code: 'postgres.right_missing',
      hint: 'Let an administrator run: CREATE ROLE "anon" NOLOGIN NOINHERIT',
    });
    await asRoot('ALTER ROLE app CREATEROLE');
    await expect(open('app')).rejects.toMatchObject({
      hint: 'Let an administrator run: CREATE ROLE "service_role" NOLOGIN NOINHERIT BYPASSRLS',
    });
    await asRoot('CREATE ROLE service_role NOLOGIN NOINHERIT BYPASSRLS');
    await expect(open('app')).rejects.toMatchObject({ code: 'postgres.right_missing' });
    await asRoot('GRANT service_role TO app WITH ADMIN OPTION');
    await expect(open('app')).rejects.toMatchObject({ hint: 'Let an administrator run: ALTER ROLE "app" CREATEDB' });
    await asRoot('ALTER ROLE app CREATEDB');
    const seen: Observation[] = [];
    const cluster = await open('app', (observation) => seen.push(observation));
    expect(cluster.capabilities).toEqual({ eventTriggers: false, replication: false });
    expect(seen).toMatchObject([
      { kind: 'feature.off', feature: 'event triggers' },
      { kind: 'feature.off', feature: 'change stream', remedy: 'ALTER ROLE "app" REPLICATION' },
    ]);
  });

  test('the default project lives in the database of the URL, others in databases of their own', async () => {
    const cluster = await open('app');
    const main = await cluster.ensureProject('default', loginsOf('default'));
    const other = await cluster.ensureProject('second', loginsOf('second'));
    expect([main.database, other.database]).toEqual(['shop', 'project_second']);
    const owner = new Client({ host: main.host, port: main.port, database: main.database, ...main.logins.owner });
    await owner.connect();
    expect((await owner.query('SELECT current_user')).rows).toEqual([{ current_user: 'postgres' }]);
    await owner.end();
    await cluster.dropProject('second');
  });

  test('functions in the database of the URL are not taken for those of PostgreSQL', async () => {
    const cluster = await open('app');
    const { host, port, database, logins } = await cluster.ensureProject('default', loginsOf('default'));
    await withAdmin({ ...root(), database }, (client) => client.query('GRANT CREATE ON SCHEMA public TO postgres'));
    await withAdmin({ host, port, database, ...logins.owner }, (client) =>
      client.query(`CREATE FUNCTION public.pg_advisory_lock(text) RETURNS void LANGUAGE plpgsql
                    AS $$ BEGIN RAISE EXCEPTION 'called as %', session_user; END $$`),
    );
    const again = await open('app');
    await expect(again.ensureProject('default', loginsOf('default'))).resolves.toMatchObject({ database });
  });

  const place = (ref: string) =>
    openPlacedHost({ url: `postgres://app:pw@127.0.0.1:${server.port}/placed`, ref, platformPassword: 'platform' });
  const asOwner = (ref: string, text: string) => {
    const { owner } = loginsOf(ref);
    return withAdmin({ host: '127.0.0.1', port: server.port, database: 'placed', ...owner }, (client) =>
      client.query<{ value: string }>(text),
    );
  };

  describe('a project placed there by a login that is no superuser', () => {
    test('is refused until the login may read the log', async () => {
      await asRoot('CREATE DATABASE placed OWNER app');
      await expect(place('away')).rejects.toMatchObject({
        code: 'postgres.right_missing',
        hint: 'Let an administrator run: ALTER ROLE "app" REPLICATION',
      });
      await asRoot('ALTER ROLE app REPLICATION');
    });

    test('has logins of its own, which a pause keeps out', async () => {
      const host = await place('away');
      const target = await host.ensureProject('away', loginsOf('away'));
      expect(target).toMatchObject({ database: 'placed', logins: { platform: { user: 'away_platform' } } });
      const migrated = await migrateDatabase({
        admin: host.admin('placed'),
        owners: [platformSchema],
        ownerRole: host.ownerRole,
        observe: () => undefined,
      });
      expect(migrated.length).toBeGreaterThan(0);
      expect((await asOwner('away', 'SELECT current_user AS value')).rows).toEqual([{ value: 'postgres' }]);
      await asOwner('away', `CREATE SCHEMA kept; CREATE TABLE kept.note AS SELECT 'here' AS value`);
      await host.closeProject('away');
      await expect(asOwner('away', 'SELECT')).rejects.toMatchObject({ code: '42501' });
      await (await place('away')).ensureProject('away', loginsOf('away'));
      expect((await asOwner('away', 'SELECT value FROM kept.note')).rows).toEqual([{ value: 'here' }]);
    });

    test('keeps its database to itself, and leaves it behind with nothing of its own', async () => {
      await expect(place('other')).rejects.toMatchObject({ code: 'postgres.database_taken' });
      await (await place('away')).releaseProject('away');
      const { rows } = await asRoot(`SELECT rolname FROM pg_roles WHERE rolname LIKE 'away\\_%'`);
      expect(rows).toEqual([]);
      await (await place('other')).ensureProject('other', loginsOf('other'));
      expect((await asOwner('other', 'SELECT value FROM kept.note')).rows).toEqual([{ value: 'here' }]);
    });

    test('is copied beside itself, and dropped when that is asked for', async () => {
      const host = await place('other');
      await host.closeProject('other');
      await host.copyDatabase('other', 'project_copy');
      await host.dropProject('other');
      const { rows } = await asRoot(`SELECT datname FROM pg_database WHERE datname IN ('placed', 'project_copy')`);
      expect(rows).toEqual([{ datname: 'project_copy' }]);
    });
  });

  test('a superuser has every capability', async () => {
    const cluster = await openExternalCluster({
      url: `postgres://root:root@127.0.0.1:${server.port}/shop`,
      platformPassword: 'platform',
      defaultRef: 'default',
      observe: () => undefined,
    });
    expect(cluster.capabilities).toEqual({ eventTriggers: true, replication: true });
    expect(cluster.ownerRole).toBe('postgres');
  });

  test('a server that does not answer is named without its password', async () => {
    const url = 'postgres://app:secret@127.0.0.1:1/shop';
    const refused = openExternalCluster({ url, platformPassword: '', defaultRef: 'default', observe: () => undefined });
    await expect(refused).rejects.toMatchObject({ code: 'postgres.server_unreachable' });
    await expect(refused).rejects.not.toThrow('secret');
  });
});

const systemServer = await describeSystemServer();

describe(`on the PostgreSQL of this machine (${systemServer.reason})`, () => {
  test.runIf(systemServer.usable)(
    'projects are owned by project_owner, since a superuser has the name postgres',
    async () => {
      const database = `ashlar_scratch_${randomBytes(4).toString('hex')}`;
      const rolesBefore = (await asPostgres('SELECT rolname FROM pg_roles')).rows.map((row) => row.rolname);
      await asPostgres(`CREATE DATABASE ${database}`);
      try {
        const cluster = await openExternalCluster({
          url: `postgres://postgres@127.0.0.1:5432/${database}`,
          platformPassword: 'platform',
          defaultRef: 'default',
          observe: () => undefined,
        });
        expect(cluster.version).toBeGreaterThanOrEqual(150_000);
        expect(cluster.ownerRole).toBe('project_owner');
        const target = await cluster.ensureProject('default', loginsOf('default'));
        const owner = new Client({ host: target.host, port: target.port, database, ...target.logins.owner });
        await owner.connect();
        expect((await owner.query('SELECT current_user')).rows).toEqual([{ current_user: 'project_owner' }]);
        await owner.end();
      } finally {
        await asPostgres(`DROP DATABASE ${database} WITH (FORCE)`);
        await asPostgres('DROP DATABASE IF EXISTS control WITH (FORCE)');
        const { rows } = await asPostgres('SELECT rolname FROM pg_roles WHERE rolname <> ALL ($1)', [
          `{${rolesBefore.join(',')}}`,
        ]);
        for (const { rolname } of rows) await asPostgres(`DROP ROLE "${rolname}"`);
      }
    },
  );
});

function loginsOf(ref: string): ProjectLogins {
  return {
    authenticator: { user: `${ref}_authenticator`, password: 'a' },
    owner: { user: `${ref}_owner`, password: 'o' },
  };
}

function asPostgres(text: string, values?: string[]) {
  return withAdmin({ ...SYSTEM_SERVER, database: 'postgres' }, (client) =>
    client.query<{ rolname: string }>(text, values),
  );
}

/** Only a server on which nothing of ours exists: the test removes what it makes. */
async function describeSystemServer(): Promise<{ readonly usable: boolean; readonly reason: string }> {
  try {
    return await withAdmin({ ...SYSTEM_SERVER, database: 'postgres' }, async (client) => {
      const { rows } = await client.query<{ version: number; taken: boolean; super: boolean }>(
        `SELECT current_setting('server_version_num')::int AS version,
                (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) AS super,
                EXISTS (SELECT FROM pg_database WHERE datname = 'control') AS taken`,
      );
      const found = rows[0];
      if (found === undefined || !found.super) return { usable: false, reason: 'skipped: we are no superuser there' };
      if (found.taken) return { usable: false, reason: 'skipped: it has a database named control already' };
      return { usable: found.version >= 150_000, reason: `version ${found.version}` };
    });
  } catch {
    return { usable: false, reason: 'skipped: nobody answers on 127.0.0.1:5432 without a password' };
  }
}
