import type { Cluster } from '@ashlar/postgres';
import { openPool } from './open-pool.ts';

const TABLES = ['jobs', 'schedules', 'queues'] as const;

/** Removes all jobs, schedules and queues of a project that is no more. */
export async function forgetProject(cluster: Cluster, ref: string): Promise<void> {
  const pool = openPool(cluster.control);
  try {
    const { rows } = await pool.query<{ there: boolean }>(
      `select pg_catalog.to_regclass('scheduler.schedules') is not null as there`,
    );
    // Without it nobody has asked for a job yet.
    if (rows[0]?.there !== true) return;
    for (const table of TABLES) await pool.query(`delete from scheduler.${table} where project = $1`, [ref]);
  } finally {
    await pool.end();
  }
}
