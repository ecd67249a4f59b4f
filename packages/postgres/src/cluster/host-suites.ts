import { type Client, escapeIdentifier } from 'pg';
import type { Login } from '../session/target.ts';
import { administer, type ServerAccess } from './administer.ts';
import { clusterErrors } from './cluster-errors.ts';
import type { ProjectHost } from './cluster.ts';
import { attempt, ensureRoles } from './ensure-roles.ts';
import { assertProjectRef } from './project-ref.ts';
import { administratorRole, isSuiteName, serviceLoginName, suiteLoginRole, suiteRoles } from './roles.ts';
import { derivedLogin } from './service-logins.ts';

/**
 * The roles of suites on a server: those every project shares, and a login for each project that has the suite.
 *
 * @param platform May become every role of every suite there.
 */
export function hostSuites(access: ServerAccess, platform: Login): Pick<ProjectHost, 'admitSuite' | 'dismissSuite'> {
  return {
    async admitSuite(ref, suite) {
      assertProjectRef(ref);
      assertSuiteName(suite);
      const login = derivedLogin(serviceLoginName(ref, suite), access.platformPassword);
      const roles = suiteRoles(suite, platform.user);
      await administer(access, async (client) => {
        await ensureRoles(client, roles, []);
        if (!access.adminIsSuperuser) await ensureRoles(client, [administratorRole(access.admin.user, roles)], []);
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

/** Only a project's own logins begin with its ref and an underscore: a ref has none. */
export async function suiteLoginsOf(client: Client, ref: string): Promise<readonly string[]> {
  const { rows } = await client.query<{ rolname: string }>(
    `SELECT r.rolname FROM pg_roles r
      WHERE starts_with(r.rolname::text, $1) AND r.rolcanlogin
        AND EXISTS (SELECT FROM pg_auth_members m JOIN pg_auth_members g ON g.member = m.roleid
                      JOIN pg_roles s ON s.oid = g.roleid WHERE m.member = r.oid AND s.rolname = 'suite_runner')`,
    [`${ref}_`],
  );
  return rows.map(({ rolname }) => rolname);
}

function assertSuiteName(suite: string): void {
  if (!isSuiteName(suite)) throw clusterErrors.suiteNameInvalid({ suite });
}
