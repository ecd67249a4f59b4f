import { createHash } from 'node:crypto';
import { type AdminAccess, withAdmin } from './admin-connection.ts';

/**
 * Runs something while nobody else does under the same name: held by a connection, so that it ends with the process
 * that holds it, however that ends.
 *
 * @param access The database that all who use the name agree on.
 * @returns `null` without running when somebody else holds it.
 */
export async function holdLock<Result>(
  access: AdminAccess,
  name: string,
  run: () => Promise<Result>,
): Promise<{ readonly result: Result } | null> {
  return withAdmin(access, async (client) => {
    const key = createHash('sha256').update(name).digest().readBigInt64BE();
    const { rows } = await client.query<{ held: boolean }>('SELECT pg_try_advisory_lock($1) AS held', [String(key)]);
    return rows[0]?.held === true ? { result: await run() } : null;
  });
}
