import type { Client } from 'pg';
import { must } from '@ashlar/kernel';
import type { Login } from '../session/target.ts';
import { administer, type ServerAccess } from './administer.ts';
import type { Cluster } from './cluster.ts';
import { ensureDatabase } from './ensure-database.ts';
import { apiRoleSettings, hostProjects } from './host-projects.ts';
import { ensureRoles } from './ensure-roles.ts';
import { administratorRole, clusterRoles, controlRoles, loginNames, PLATFORM_LOGIN } from './roles.ts';
import { derivedLogin, serviceLogins } from './service-logins.ts';

/** Name of the control database, and of the project that lives in it. */
const CONTROL_DATABASE = 'control';

export interface ClusterAccess extends ServerAccess {
  readonly kind: Cluster['kind'];
  /** What a URL for people names; the address itself unless connections go through a socket. */
  readonly publicHost: string;
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
    control: {
      ref: CONTROL_DATABASE,
      host,
      port,
      database: CONTROL_DATABASE,
      ...(access.tls === true ? { tls: true } : {}),
      logins: { authenticator: controlAuthenticator, owner: platform, platform },
      services: controlServices,
      staysAwake: true,
    },
    ...hostProjects(access, platform),
  };
}

/** The databases initdb makes are open to every login by default. */
async function closeOtherDatabases(client: Client): Promise<void> {
  await client.query('REVOKE CONNECT, TEMPORARY ON DATABASE postgres, template1, template0 FROM PUBLIC');
}
