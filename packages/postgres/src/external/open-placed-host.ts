import { createHmac } from 'node:crypto';
import { type Client, escapeIdentifier, escapeLiteral } from 'pg';
import { type AdminAccess, withAdmin } from '../cluster/admin-connection.ts';
import { administer, type ServerAccess } from '../cluster/administer.ts';
import type { PlacedHost } from '../cluster/cluster.ts';
import { closeToLogins, dropDatabase } from '../cluster/ensure-database.ts';
import { attempt, ensureRoles } from '../cluster/ensure-roles.ts';
import { hostProjects } from '../cluster/host-projects.ts';
import { suiteLoginsOf } from '../cluster/host-suites.ts';
import { administratorRole, allLoginNames, clusterRoles, placedPlatformLogin } from '../cluster/roles.ts';
import { derivedLogin } from '../cluster/service-logins.ts';
import { claimOf, refuseTaken } from './claim-database.ts';
import { parseDatabaseUrl } from './database-url.ts';
import { connectAndInspect } from './open-external-cluster.ts';
import { refuseUnfit } from './refuse-unfit.ts';

export interface PlacedHostOptions {
  /** The project lives in its database; its login administers that. */
  readonly url: string;
  readonly ref: string;
  /** The instance's. It never leaves: this server's logins have passwords made from it that say nothing about it. */
  readonly platformPassword: string;
}

/** Databases every server has, from which another one can be dropped. */
const MAINTENANCE_DATABASES = ['postgres', 'template1'] as const;
/** Two projects may come to one server at the same moment; their roles are the same. */
const ATTEMPTS = 5;
const RACE_CODES: ReadonlySet<unknown> = new Set(['XX000', '23505', '42710']);

/**
 * A server somebody else runs, as the place of one project: the roles every project shares are made there, the logins
 * are this project's own, and of the instance there is nothing.
 *
 * @throws `postgres.database_url_invalid`, `postgres.server_unreachable`, `postgres.server_too_old`,
 *   `postgres.wal_level_low`, `postgres.right_missing` or `postgres.database_taken`.
 */
export async function openPlacedHost(options: PlacedHostOptions): Promise<PlacedHost> {
  const { ref } = options;
  const door = parseDatabaseUrl(options.url);
  const facts = await connectAndInspect(door, `${door.host}:${door.port}`);
  refuseUnfit(facts, { address: `${door.host}:${door.port}`, login: door.user });
  // Whoever runs that server may ask for passwords as they are, and would learn those of this project alone.
  const secret = createHmac('sha256', options.platformPassword).update(`placed project ${ref}`).digest('base64url');
  const platform = derivedLogin(placedPlatformLogin(ref), secret);
  const access: ServerAccess = {
    host: door.host,
    port: door.port,
    ...(door.tls === true ? { tls: true } : {}),
    admin: { user: door.user, password: door.password },
    adminIsSuperuser: facts.superuser,
    adminDatabase: door.database,
    platformPassword: secret,
    ownerRole: facts.postgresRoleTaken ? 'project_owner' : 'postgres',
    capabilities: { eventTriggers: facts.eventTriggers, replication: true },
    databaseOf: () => door.database,
  };
  const claim = claimOf(ref, options.platformPassword);
  const logins = [...allLoginNames(ref), platform.user];
  await withoutRaces(() => administer(access, (client) => prepareServer(client, access, { ref, claim, platform })));
  const host = hostProjects(access, platform);

  return {
    ...host,
    async ensureProject(...project) {
      const target = await withoutRaces(() => host.ensureProject(...project));
      await administer(access, (client) =>
        attemptAll(client, [`COMMENT ON DATABASE ${escapeIdentifier(door.database)} IS ${escapeLiteral(claim)}`]),
      );
      return target;
    },
    closeProject: () =>
      administer(access, async (client) =>
        closeToLogins(client, door.database, [...logins, ...(await suiteLoginsOf(client, ref))]),
      ),
    copyDatabase: (_ref, copy) => administer(access, (client) => copyDatabase(client, door.database, copy)),
    releaseProject: () => administer(access, (client) => release(client, { ref, door, own: logins, access })),
    async dropProject() {
      await administer(access, (client) => release(client, { ref, door, own: logins, access }));
      await fromElsewhere(door, (client) => dropDatabase(client, door.database));
    },
  };
}

interface Release {
  readonly ref: string;
  readonly door: AdminAccess;
  /** Logins of the project, apart from those of suites. */
  readonly own: readonly string[];
  readonly access: ServerAccess;
}

interface Preparation {
  readonly ref: string;
  readonly claim: string;
  readonly platform: { readonly user: string; readonly password: string };
}

async function prepareServer(client: Client, access: ServerAccess, preparation: Preparation): Promise<void> {
  const { ref, claim, platform } = preparation;
  await refuseTaken(client, { ref, claim });
  await ensureRoles(client, clusterRoles(access.ownerRole, access.adminIsSuperuser, platform.user), [platform]);
  if (access.adminIsSuperuser) return;
  await ensureRoles(client, [administratorRole(access.admin.user, clusterRoles(access.ownerRole))], []);
}

/** Copies the database we are in; nobody else may be. Until it has its rights nobody enters it. */
async function copyDatabase(client: Client, database: string, copy: string): Promise<void> {
  const name = escapeIdentifier(copy);
  const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [copy]);
  if (rowCount === 0) {
    await attempt(
      client,
      `CREATE DATABASE ${name} TEMPLATE ${escapeIdentifier(database)} ALLOW_CONNECTIONS false`,
      `ALTER ROLE ${escapeIdentifier(client.user ?? '')} CREATEDB`,
    );
  }
  await attemptAll(client, [
    `REVOKE CONNECT, TEMPORARY ON DATABASE ${name} FROM PUBLIC`,
    `ALTER DATABASE ${name} ALLOW_CONNECTIONS true`,
  ]);
}

/** The project's logins go, and with them every right they had; what they own becomes the owner's. */
async function release(client: Client, { ref, door, own, access }: Release): Promise<void> {
  const logins = [...own, ...(await suiteLoginsOf(client, ref))];
  await closeToLogins(client, door.database, logins);
  const { rows } = await client.query<{ login: string }>(
    'SELECT rolname::text AS login FROM pg_roles WHERE rolname = ANY ($1)',
    [logins],
  );
  const present = rows.map(({ login }) => escapeIdentifier(login)).join(', ');
  if (present !== '') {
    await client.query('BEGIN');
    await attemptAll(client, [
      ...(access.adminIsSuperuser ? [] : [`GRANT ${present} TO ${escapeIdentifier(door.user)}`]),
      `REASSIGN OWNED BY ${present} TO ${escapeIdentifier(access.ownerRole)}`,
      `DROP OWNED BY ${present}`,
      `DROP ROLE ${present}`,
    ]);
    await client.query('COMMIT');
  }
  await client.query(`COMMENT ON DATABASE ${escapeIdentifier(door.database)} IS NULL`);
}

async function attemptAll(client: Client, statements: readonly string[]): Promise<void> {
  for (const statement of statements) await attempt(client, statement, statement);
}

/** Nobody drops the database they are in. */
async function fromElsewhere(door: AdminAccess, run: (client: Client) => Promise<void>): Promise<void> {
  const [first, second] = MAINTENANCE_DATABASES.filter((name) => name !== door.database);
  try {
    await withAdmin({ ...door, database: first ?? 'postgres' }, run);
  } catch (error) {
    if (second === undefined) throw error;
    await withAdmin({ ...door, database: second }, run);
  }
}

async function withoutRaces<Result>(run: () => Promise<Result>): Promise<Result> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await run();
    } catch (error) {
      const isRace = error instanceof Error && 'code' in error && RACE_CODES.has(error.code);
      if (!isRace || tries === ATTEMPTS) throw error;
    }
  }
}
