import type { Observe } from '@ashlar/telemetry';
import type { Pool } from 'pg';

export interface HeartbeatTerms {
  readonly everyMs: number;
  /** A process not heard of for this long is taken for dead. */
  readonly silentSeconds: number;
}

/** A dead process's jobs are begun anew within half a minute. */
export const DEFAULT_HEARTBEAT: HeartbeatTerms = { everyMs: 5_000, silentSeconds: 20 };

export interface HeartbeatOptions {
  readonly pool: Pool;
  /** Name this process locks jobs under. */
  readonly worker: string;
  readonly observe: Observe;
  readonly terms: HeartbeatTerms;
  /** Nobody else asks for signs of life; they are written only while there are jobs under way. */
  readonly alone: boolean;
  /** Jobs of this process that are somebody else's by now, or are to be cancelled. */
  readonly onLost: (ids: ReadonlySet<string>) => void;
  /** Jobs under way here. */
  readonly running: () => readonly { readonly id: string; readonly attempts: number }[];
}

export interface Heartbeat {
  /** Resolves when the first sign of life is written. */
  readonly began: Promise<void>;
  /** Waits for the beat under way, and says that this process has left. */
  stop(): Promise<void>;
}

/** Gives jobs free that dead processes hold. @param silentSeconds 0: whoever holds them is dead. */
export async function takeOver(pool: Pool, observe: Observe, silentSeconds: number): Promise<void> {
  const { rows } = await pool.query<{ names: readonly string[] | null }>('select scheduler.take_over($1) as names', [
    silentSeconds,
  ]);
  const workers = rows[0]?.names?.length ?? 0;
  if (workers > 0) observe({ kind: 'jobs.taken-over', workers });
}

/** Says that this process lives, and takes over from those that do not. */
export function startHeartbeat(options: HeartbeatOptions): Heartbeat {
  const { pool, worker, observe, terms, alone, onLost, running } = options;
  async function beat(): Promise<void> {
    try {
      await pool.query(
        `insert into scheduler.workers (pool_id) values ($1) on conflict (pool_id) do update set seen_at = now()`,
        [worker],
      );
      await takeOver(pool, observe, terms.silentSeconds);
      await lookForLost();
    } catch (error) {
      // The database is away: nobody can do jobs, and the next beat says so again.
      observe({ kind: 'jobs.interrupted', error, retryInMs: terms.everyMs });
    }
  }

  async function lookForLost(): Promise<void> {
    const mine = running();
    if (mine.length === 0) return;
    const { rows } = await pool.query<{ id: string }>(
      `select m.id from jsonb_to_recordset($2) as m (id uuid, attempts integer)
       where not exists (
         select from scheduler.jobs j
         where j.id = m.id and j.attempts = m.attempts and j.state = 'running' and j.locked_by = $1
           and not j.cancel_requested)`,
      [worker, JSON.stringify(mine.map(({ id, attempts }) => ({ id, attempts })))],
    );
    if (rows.length > 0) onLost(new Set(rows.map(({ id }) => id)));
  }

  const began = beat();
  let last = began;
  const timer = setInterval(() => {
    if (alone && running().length === 0) return;
    last = last.then(beat);
  }, terms.everyMs).unref();
  return {
    began,
    async stop() {
      clearInterval(timer);
      await last;
      await pool.query('delete from scheduler.workers where pool_id = $1', [worker]).catch(() => undefined);
    },
  };
}
