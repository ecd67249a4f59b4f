import { DatabaseError, escapeIdentifier, escapeLiteral } from 'pg';
import type { Connection } from '../session/wire/connection.ts';
import { NO_PATIENCE_LIMIT, runCommand } from './dial-log.ts';
import { type Lsn, parseLsn } from './lsn.ts';

/** What the server keeps the log for. */
export interface Slot {
  /** Somebody reads it. */
  readonly isActive: boolean;
  /** The server no longer has the log this slot was kept for. */
  readonly isLost: boolean;
  /** All before it was acknowledged; null while the slot is being made. */
  readonly confirmedLsn: Lsn | null;
}

/** What the positions of a log belong to: another server or another history has other ones. */
export interface LogHistory {
  readonly systemId: string;
  readonly timeline: string;
}

const DUPLICATE_OBJECT = '42710';
const OBJECT_IN_USE = '55006';
const UNDEFINED_OBJECT = '42704';

export async function readHistory(connection: Connection): Promise<LogHistory> {
  const [row] = await runCommand(connection, 'IDENTIFY_SYSTEM');
  return { systemId: row?.['systemid'] ?? '', timeline: row?.['timeline'] ?? '' };
}

/** Slots are the server's, so a project's is named after its database, which no other has. */
export async function durableSlotName(connection: Connection): Promise<string> {
  const [row] = await runCommand(connection, 'select oid from pg_database where datname = current_database()');
  return `ashlar_${row?.['oid'] ?? '0'}`;
}

/** The publications of these names that the database has. */
export async function knownPublications(connection: Connection, wanted: readonly string[]): Promise<readonly string[]> {
  const rows = await runCommand(
    connection,
    `select pubname from pg_publication where pubname in (${wanted.map(escapeLiteral).join(', ')}) order by pubname`,
  );
  return rows.map((row) => row['pubname'] ?? '');
}

export async function findSlot(connection: Connection, name: string): Promise<Slot | null> {
  const [row] = await runCommand(
    connection,
    `select active, wal_status = 'lost' as lost, confirmed_flush_lsn as confirmed
       from pg_replication_slots where slot_name = ${escapeLiteral(name)}`,
  );
  if (row === undefined) return null;
  const confirmed = row['confirmed'] ?? null;
  return {
    isActive: row['active'] === 't',
    isLost: row['lost'] === 't',
    confirmedLsn: confirmed === null ? null : parseLsn(confirmed),
  };
}

/**
 * Waits for every transaction that runs now, then keeps the log from there.
 *
 * @returns False when somebody else has made it meanwhile.
 */
export async function createSlot(connection: Connection, name: string, isTemporary: boolean): Promise<boolean> {
  const kind = isTemporary ? 'TEMPORARY LOGICAL' : 'LOGICAL';
  try {
    await runCommand(
      connection,
      `CREATE_REPLICATION_SLOT ${escapeIdentifier(name)} ${kind} pgoutput (SNAPSHOT 'nothing')`,
      NO_PATIENCE_LIMIT,
    );
    return true;
  } catch (error) {
    if (error instanceof DatabaseError && error.code === DUPLICATE_OBJECT) return false;
    throw error;
  }
}

/** @returns False when it could not be dropped because somebody reads it; true when it is gone. */
export async function dropSlot(connection: Connection, name: string): Promise<boolean> {
  try {
    await runCommand(connection, `DROP_REPLICATION_SLOT ${escapeIdentifier(name)}`);
    return true;
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error;
    if (error.code === UNDEFINED_OBJECT) return true;
    if (error.code === OBJECT_IN_USE) return false;
    throw error;
  }
}
