import { escapeIdentifier } from 'pg';
import type { DatabaseTarget, Login } from '../session/target.ts';
import { administer, adminAccess, type ServerAccess } from './administer.ts';
import { clusterErrors } from './cluster-errors.ts';
import type { ProjectHost, ProjectLogins } from './cluster.ts';
import { closeDatabase, dropDatabase, ensureDatabase } from './ensure-database.ts';
import { ensureRoles } from './ensure-roles.ts';
import { assertProjectRef } from './project-ref.ts';
import { allLoginNames, CONSOLE_ROLES, consoleLoginName, loginNames, projectRoles } from './roles.ts';
import { hostSuites, suiteLoginsOf } from './host-suites.ts';
import { consoleLogins, serviceLogins } from './service-logins.ts';

/**
 * What makes and removes projects on a server whose roles are in place. Everything is repeatable.
 *
 * @param platform Maintains the databases of projects.
 */
export function hostProjects(access: ServerAccess, platform: Login): ProjectHost {
  const { host, port, ownerRole } = access;
  return {
    capabilities: access.capabilities,
    ownerRole,
    databaseOf: (ref) => access.databaseOf(ref),
    admin: (database) => adminAccess(access, database),

    async ensureProject(ref, logins, template): Promise<DatabaseTarget> {
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
          connect: [...all.map(({ user }) => user), platform.user],
          visit: visitors.map(({ user }) => user),
          create: [ownerRole],
          settings: [...projectSettings(logins, ownerRole), ...consoleSettings(access, ref)],
          ...(template === undefined ? {} : { template }),
        });
      });
      return {
        ref,
        host,
        port,
        database,
        ...(access.tls === true ? { tls: true } : {}),
        logins: { ...logins, platform },
        services,
        console: consoles,
      };
    },

    async closeProject(ref) {
      assertProjectRef(ref);
      await administer(access, (client) => closeDatabase(client, access.databaseOf(ref)));
    },

    async dropProject(ref) {
      assertProjectRef(ref);
      await administer(access, async (client) => {
        await dropDatabase(client, access.databaseOf(ref));
        const all = [...allLoginNames(ref), ...(await suiteLoginsOf(client, ref))];
        await client.query(`DROP ROLE IF EXISTS ${all.map(escapeIdentifier).join(', ')}`);
      });
    },

    ...hostSuites(access, platform),
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

/** Settings the roles of the API and their login begin with in a database. */
export function apiRoleSettings(
  authenticator: Login,
): readonly (readonly [role: string, name: string, value: string])[] {
  return [
    ['anon', 'statement_timeout', '3s'],
    ['authenticated', 'statement_timeout', '8s'],
    [authenticator.user, 'statement_timeout', '8s'],
    [authenticator.user, 'lock_timeout', '8s'],
  ];
}

/** What a session cannot set for itself is set only where we may: how much a sort may write to disk. */
function consoleSettings(
  { adminIsSuperuser }: ServerAccess,
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
