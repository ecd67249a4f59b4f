import { createHmac } from 'node:crypto';
import type { Client } from 'pg';
import { must } from '@ashlar/kernel';
import { clusterErrors } from '../cluster/cluster-errors.ts';
import { loginNames } from '../cluster/roles.ts';

const CLAIM_PREFIX = 'Ashlar project ';

/** The comment on a database by which instances see whose it is; it tells nothing about the secret. */
export function claimOf(ref: string, instanceSecret: string): string {
  const instance = createHmac('sha256', instanceSecret).update('claim of a database').digest('hex').slice(0, 16);
  return `${CLAIM_PREFIX}${ref} of instance ${instance}`;
}

interface Found {
  readonly database: string;
  readonly owned: boolean;
  readonly owner: string;
  readonly comment: string | null;
  readonly tenants: readonly string[];
  readonly login: boolean;
}

const FOUND_SQL = `
  SELECT d.datname::text AS database,
         pg_has_role(current_user, d.datdba, 'USAGE') AS owned,
         pg_get_userbyid(d.datdba)::text AS owner,
         shobj_description(d.oid, 'pg_database') AS comment,
         ARRAY(SELECT DISTINCT r.rolname::text FROM aclexplode(d.datacl) a JOIN pg_roles r ON r.oid = a.grantee
                WHERE r.rolname LIKE '%\\_authenticator') AS tenants,
         EXISTS (SELECT FROM pg_roles WHERE rolname = $1) AS login
    FROM pg_database d WHERE d.datname = current_database()`;

/**
 * Two projects in one database would be one, and two of the same name on one server share their logins.
 *
 * @throws `postgres.database_taken`, `postgres.right_missing`.
 */
export async function refuseTaken(
  client: Client,
  { ref, claim }: { readonly ref: string; readonly claim: string },
): Promise<void> {
  const { authenticator } = loginNames(ref);
  const { rows } = await client.query<Found & Record<string, unknown>>(FOUND_SQL, [authenticator]);
  const found = must(rows[0], 'the database we are in');
  const address = `${client.host}:${client.port}`;
  if (found.comment === claim) return;
  const taken = (reason: string): Error =>
    clusterErrors.databaseTaken({ database: found.database, address, ref, reason });
  if (found.comment?.startsWith(CLAIM_PREFIX) === true) throw taken('another project lives in it');
  const tenant = found.tenants.find((name) => name !== authenticator);
  if (tenant !== undefined) throw taken(`the login ${tenant} of another project may enter it`);
  // A first attempt that was cut off left the login and its right to enter.
  if (found.login && !found.tenants.includes(authenticator)) {
    throw taken('a project of the same ref lives on this server');
  }
  if (!found.owned) {
    throw clusterErrors.rightMissing({
      login: client.user ?? '',
      address,
      attempt: `the database ${found.database} belongs to ${found.owner}`,
      statement: `GRANT ${client.escapeIdentifier(found.owner)} TO ${client.escapeIdentifier(client.user ?? '')}`,
    });
  }
}
