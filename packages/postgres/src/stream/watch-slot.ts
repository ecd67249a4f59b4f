import type { Observe } from '@ashlar/telemetry';
import { type AdminAccess, withAdmin } from '../cluster/admin-connection.ts';

const MEASURE_EVERY_MS = 60_000;

export interface SlotWatchOptions {
  readonly project: string;
  readonly access: AdminAccess;
  readonly slot: string;
  readonly observe: Observe;
  readonly measureEveryMs?: number;
}

interface SlotMeasure {
  /** Log the server keeps for the slot. */
  readonly retainedBytes: number;
  /** `reserved`: all is well. `extended`, `unreserved`: the server may give up on it. `lost`: it has. */
  readonly walStatus: string;
}

/**
 * Reports now and then how much log the server keeps for a slot.
 *
 * @returns What ends it.
 */
export function watchSlot(options: SlotWatchOptions): () => void {
  const timer = setInterval(() => void report(options), options.measureEveryMs ?? MEASURE_EVERY_MS).unref();
  return () => clearInterval(timer);
}

async function report({ access, slot, project, observe }: SlotWatchOptions): Promise<void> {
  try {
    const measure = await measureSlot(access, slot);
    if (measure !== null) observe({ kind: 'stream.measured', project, ...measure });
  } catch {
    // The connection of the log itself says that the server is away.
  }
}

function measureSlot(access: AdminAccess, slot: string): Promise<SlotMeasure | null> {
  return withAdmin(access, async (client) => {
    const { rows } = await client.query<{ retained: string | null; status: string | null }>(
      `select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), restart_lsn)::text as retained, wal_status as status
         from pg_replication_slots where slot_name = $1`,
      [slot],
    );
    const [row] = rows;
    return row === undefined ? null : { retainedBytes: Number(row.retained ?? 0), walStatus: row.status ?? 'unknown' };
  });
}
