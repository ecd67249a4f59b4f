import type { ProjectDatabase } from '../session/call.ts';

/** How long the event log keeps a day, for consumers that come late, a lost slot, or a restore. */
export const EVENT_DAYS = 7;

/** Dropping a day waits for who reads it; a reader that long is met again the next time. */
const TIMEOUT_MS = 10_000;

/**
 * Makes the event log's partitions of the coming days and drops those older than `keepDays`. Due once a day and when
 * a project wakes; an event of a day without a partition makes its own, so being late costs no event.
 *
 * @returns How many days left the log.
 */
export async function maintainEvents(database: ProjectDatabase, keepDays: number = EVENT_DAYS): Promise<number> {
  return database.transaction(
    { login: 'platform', role: 'events_owner', statementTimeoutMs: TIMEOUT_MS },
    async (tx) => {
      // Two processes of an instance may wake a project together; the second then finds nothing left to drop.
      await tx.query(`select pg_advisory_xact_lock(hashtext('events.maintain'))`);
      const { rows } = await tx.query<{ dropped: number }>('select events.maintain(7, $1) as dropped', [keepDays]);
      return rows[0]?.dropped ?? 0;
    },
  );
}
