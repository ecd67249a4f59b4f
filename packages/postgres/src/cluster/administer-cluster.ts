import { type Client, escapeIdentifier } from 'pg';
import { must } from '@ashlar/kernel';
import type { DatabaseTarget, Login } from '../session/target.ts';
import { type AdminAccess, withAdmin } from './admin-connection.ts';
import { clusterErrors } from './cluster-errors.ts';
import type { Capabilities, Cluster, ProjectLogins } from './cluster.ts';
import { closeDatabase, dropDatabase, ensureDatabase } from './ensure-database.ts';
import { assertProjectRef } from './project-ref.ts';
import { attempt, ensureRoles } from './ensure-roles.ts';
import {
  administratorRole,
  clusterRoles,
  CONSOLE_ROLES,
  consoleLoginName,
  loginNames,
  PLATFORM_LOGIN,
  controlRoles,
  isSuiteName,
  projectRoles,
  SERVICE_ROLES,
  serviceLoginName,
  suiteLoginRole,
  suiteRoles,
} from './roles.ts';
import { consoleLogins, derivedLogin, serviceLogins } from './service-logins.ts';

/** Name of the control database, and of the project that lives in it. */
const CONTROL_DATABASE = 'control';
/** Key of the advisory lock under which roles and databases change, in the administration's own database. */
const ADMINISTRATION_LOCK = 5_417_322_001;
const LOCK_TIMEOUT_MS = 30_000;

export interface ClusterAccess {
  readonly kind: Cluster['kind'];
  /** Where connections go: a socket's folder or an address. */
  readonly host: string;
  /** What a URL for people names; the address itself unless connections go through a socket. */
  readonly publicHost: string;
  readonly port: number;
  readonly tls?: boolean;
  readonly admin: Login;
  /** A superuser can become any role; another login has to be a member of those whose schemas it migrates. */
  readonly adminIsSuperuser: boolean;
  /** Exists on every server of this kind; roles and databases are made from there. */
  readonly adminDatabase: string;
  readonly platformPassword: string;
  readonly ownerRole: string;
  readonly capabilities: Capabilities;
  /** Name of a project's database. */
  readonly databaseOf: (ref: string) => string;
  /** True when the whole server is ours: then nobody may connect to its other databases either. */
  readonly exclusive: boolean;
}

export type AdministeredCluster = Omit<Cluster, 'ready' | 'close'>;

/**
 * Puts roles, platform login and control database of a running server in place, and returns what makes and removes
 * projects on it. Everything is repeatable: what is there stays, what is missing is made.
 */
export async function administerCluster(access: ClusterAccess): Promise<AdministeredCluster> {
  const { host, port, ownerRole } = access;
  const platform: Login = { user: PLATFORM_LOGIN, password: access.platformPassword };
  const target = (ref: string, database: string, logins: DatabaseTarget['logins']): DatabaseTarget => ({
    ref,
    host,
    port,
    database,
    ...(access.tls === true ? { tls: true } : {}),
    logins,
  });

  // Nobody owns the control project: no code of a project runs beside what the platform keeps there.
  const controlAuthenticator = derivedLogin(loginNames(CONTROL_DATABASE).authenticator, access.platformPassword);
  const controlServices = serviceLogins(CONTROL_DATABASE, access.platformPassword);
  const controlLogins = [controlAuthenticator, ...controlServices.values()];

  const version = await administer(access, async (client) => {
    await ensureRoles(
      client,
      [...clusterRoles(ownerRole, access.adminIsSuperuser), ...controlRoles(CONTROL_DATABASE, controlAuthenticator)],
      [platform, ...controlLogins],
    );
    if (!access.adminIsSuperuser) {
      await ensureRoles(client, [administratorRole(access.admin.user, clusterRoles(ownerRole))], []);
    }
    await ensureDatabase(client, {
      database: CONTROL_DATABASE,
      connect: [PLATFORM_LOGIN, ...controlLogins.map(({ user }) => user)],
      create: ['control_owner'],
      settings: apiRoleSettings(controlAuthenticator),
    });
    if (access.exclusive) await closeOtherDatabases(client);
    const { rows } = await client.query<{ version: number }>(
      `SELECT current_setting('server_version_num')::int AS version`,
    );
    return must(rows[0], 'the version of the server').version;
  });

  return {
    kind: access.kind,
    version,
    host: access.publicHost,
    port,
    capabilities: access.capabilities,
    ownerRole,
    control: {
      ...target(CONTROL_DATABASE, CONTROL_DATABASE, {
        authenticator: controlAuthenticator,
        owner: platform,
        platform,
      }),
      services: controlServices,
      staysAwake: true,
    },
    databaseOf: (ref) => access.databaseOf(ref),
    admin: (database) => adminAccess(access, database),

    async ensureProject(ref, logins, template) {
      assertProjectRef(ref);
      assertLoginNames(ref, logins);
      const database = access.databaseOf(ref);
      const services = serviceLogins(ref, access.platformPassword);
      const consoles = consoleLogins(ref, access.platformPassword);
      const visitors = [...consoles.values()];
      const all = [logins.authenticator, logins.owner, ...services.values()];
      await administer(access, async (client) => {
        await ensureRoles(client, projectRoles(ref, logins, ownerRole), [...all, ...visitors]);
        await ensureDatabase(client, {
          database,
          connect: [...all.map(({ user }) => user), PLATFORM_LOGIN],
          visit: visitors.map(({ user }) => user),
          create: [ownerRole],
          settings: [...projectSettings(logins, ownerRole), ...consoleSettings(access, ref)],
          ...(template === undefined ? {} : { template }),
        });
      });
      return { ...target(ref, database, { ...logins, platform }), services, console: consoles };
    },

    async closeProject(ref) {
      assertProjectRef(ref);
      await administer(access, (client) => closeDatabase(client, access.databaseOf(ref)));
    },

    async dropProject(ref) {
      assertProjectRef(ref);
      const { authenticator, owner } = loginNames(ref);
      const names = [
        authenticator,
        owner,
        ...SERVICE_ROLES.map((role) => serviceLoginName(ref, role)),
        ...CONSOLE_ROLES.map((role) => consoleLoginName(ref, role)),
      ];
      await administer(access, async (client) => {
        await dropDatabase(client, access.databaseOf(ref));
        const all = [...names, ...(await suiteLoginsOf(client, ref))];
        await client.query(`DROP ROLE IF EXISTS ${all.map(escapeIdentifier).join(', ')}`);
      });
    },

    async admitSuite(ref, suite) {
      assertProjectRef(ref);
      assertSuiteName(suite);
      const login = derivedLogin(serviceLoginName(ref, suite), access.platformPassword);
      await administer(access, async (client) => {
        await ensureRoles(client, suiteRoles(suite), []);
        if (!access.adminIsSuperuser) {
          await ensureRoles(client, [administratorRole(access.admin.user, suiteRoles(suite))], []);
        }
        await ensureRoles(client, [suiteLoginRole(ref, suite)], [login]);
        const grant = `GRANT CONNECT ON DATABASE ${escapeIdentifier(access.databaseOf(ref))} TO ${escapeIdentifier(login.user)}`;
        await attempt(client, grant, grant);
      });
    },

    async dismissSuite(ref, suite) {
      assertProjectRef(ref);
      assertSuiteName(suite);
      const login = serviceLoginName(ref, suite);
      await administer(access, async (client) => {
        const { rowCount } = await client.query('SELECT FROM pg_roles WHERE rolname = $1', [login]);
        if (rowCount === 0) return;
        const name = escapeIdentifier(login);
        await client.query(`REVOKE ALL ON DATABASE ${escapeIdentifier(access.databaseOf(ref))} FROM ${name}`);
        await client.query('SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = $1', [login]);
        await client.query(`DROP ROLE ${name}`);
      });
    },
  };
}

/**
 * Settings a project's roles begin with. They are bound to its database: a role is the same one in every project,
 * and one project's wish may not reach another.
 */
function projectSettings(
  logins: ProjectLogins,
  ownerRole: string,
): readonly (readonly [role: string, name: string, value: string])[] {
  return [
    ...apiRoleSettings(logins.authenticator),
    [logins.owner.user, 'role', ownerRole],
    [logins.owner.user, 'search_path', '"$user", public, extensions'],
  ];
}

function apiRoleSettings(authenticator: Login): readonly (readonly [role: string, name: string, value: string])[] {
  return [
    ['anon', 'statement_timeout', '3s'],
    ['authenticated', 'statement_timeout', '8s'],
    [authenticator.user, 'statement_timeout', '8s'],
    [authenticator.user, 'lock_timeout', '8s'],
  ];
}

/** What a session cannot set for itself is set only where we may: how much a sort may write to disk. */
function consoleSettings(
  { adminIsSuperuser }: ClusterAccess,
  ref: string,
): readonly (readonly [role: string, name: string, value: string])[] {
  if (!adminIsSuperuser) return [];
  return CONSOLE_ROLES.map((role) => [consoleLoginName(ref, role), 'temp_file_limit', '1GB'] as const);
}

function assertLoginNames(ref: string, logins: ProjectLogins): void {
  const names = loginNames(ref);
  if (logins.authenticator.user === names.authenticator && logins.owner.user === names.owner) return;
  throw clusterErrors.projectRefInvalid({
    ref,
    reason: `its logins are named ${names.authenticator} and ${names.owner}`,
  });
}

function assertSuiteName(suite: string): void {
  if (!isSuiteName(suite)) throw clusterErrors.suiteNameInvalid({ suite });
}

/** Only a project's own logins begin with its ref and an underscore: a ref has none. */
async function suiteLoginsOf(client: Client, ref: string): Promise<readonly string[]> {
  const { rows } = await client.query<{ rolname: string }>(
    `SELECT r.rolname FROM pg_roles r
      WHERE starts_with(r.rolname::text, $1) AND r.rolcanlogin
        AND EXISTS (SELECT FROM pg_auth_members m JOIN pg_auth_members g ON g.member = m.roleid
                      JOIN pg_roles s ON s.oid = g.roleid WHERE m.member = r.oid AND s.rolname = 'suite_runner')`,
    [`${ref}_`],
  );
  return rows.map(({ rolname }) => rolname);
}

function adminAccess(access: ClusterAccess, database: string): AdminAccess {
  return {
    host: access.host,
    port: access.port,
    database,
    ...access.admin,
    ...(access.tls === true ? { tls: true } : {}),
  };
}

/** Several processes may start on one server; roles cannot be changed by two at once. */
function administer<Result>(access: ClusterAccess, run: (client: Client) => Promise<Result>): Promise<Result> {
  return withAdmin(adminAccess(access, access.adminDatabase), async (client) => {
    // A project may hold a lock on what is shared; then this start says so instead of waiting for ever.
    await client.query(`SET lock_timeout = '${LOCK_TIMEOUT_MS}ms'`);
    await client.query('SELECT pg_advisory_lock($1)', [ADMINISTRATION_LOCK]);
    return run(client);
  });
}

/** The databases initdb makes are open to every login by default. */
async function closeOtherDatabases(client: Client): Promise<void> {
  await client.query('REVOKE CONNECT, TEMPORARY ON DATABASE postgres, template1, template0 FROM PUBLIC');
}
