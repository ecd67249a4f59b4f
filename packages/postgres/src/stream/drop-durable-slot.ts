import type { AdminAccess } from '../cluster/admin-connection.ts';
import { dialLog, runCommand } from './dial-log.ts';
import { dropSlot, durableSlotName } from './slot.ts';

/** Another process that reads the log of this database, or waits to. */
const COMPANY_SQL = `
  select pid from pg_stat_activity
   where datname = current_database() and backend_type = 'walsender' and pid <> pg_backend_pid()
     and not exists (select from pg_replication_slots s where s.active_pid = pid and s.temporary) limit 1`;

/**
 * Lets the server forget what it keeps for the durable consumers of a database.
 *
 * @returns False when somebody reads it or waits to, and it stays.
 */
export async function dropDurableSlot(access: AdminAccess, project: string): Promise<boolean> {
  const connection = await dialLog(access, project);
  try {
    if ((await runCommand(connection, COMPANY_SQL)).length > 0) return false;
    return await dropSlot(connection, await durableSlotName(connection));
  } finally {
    connection.end();
    await connection.ended;
  }
}
