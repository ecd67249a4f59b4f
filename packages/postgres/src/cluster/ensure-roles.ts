import { type Client, DatabaseError, escapeIdentifier, escapeLiteral } from 'pg';
import type { Login } from '../session/target.ts';
import { clusterErrors } from './cluster-errors.ts';
import { FOUND_ROLES_SQL, type FoundRole, roleStatements, type RoleSpec } from './roles.ts';
import { scramVerifier } from './scram-verifier.ts';

export const INSUFFICIENT_PRIVILEGE = '42501';

/**
 * Brings roles to what is wanted and gives logins their passwords: all of it or nothing.
 *
 * @throws `postgres.right_missing` naming the statement an administrator has to run instead.
 */
export async function ensureRoles(
  client: Client,
  wanted: readonly RoleSpec[],
  logins: readonly Login[],
): Promise<void> {
  const { rows } = await client.query<FoundRole>(FOUND_ROLES_SQL, [wanted.map((spec) => spec.name)]);
  await client.query('BEGIN');
  try {
    for (const statement of roleStatements(wanted, new Map(rows.map((row) => [row.rolname, row])))) {
      await attempt(client, statement, statement);
    }
    for (const { user, password } of logins) {
      const change = `ALTER ROLE ${escapeIdentifier(user)} PASSWORD`;
      await attempt(client, `${change} ${escapeLiteral(scramVerifier(password))}`, `${change} '…'`);
    }
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  }
}

/** @param shown The statement as an error may show it. */
export async function attempt(client: Client, statement: string, shown: string): Promise<void> {
  try {
    await client.query(statement);
  } catch (error) {
    if (!(error instanceof DatabaseError) || error.code !== INSUFFICIENT_PRIVILEGE) throw error;
    throw clusterErrors.rightMissing(
      {
        login: client.user ?? '',
        address: `${client.host}:${client.port}`,
        attempt: error.message,
        statement: shown,
      },
      { cause: error },
    );
  }
}
