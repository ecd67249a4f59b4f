import type { ProjectDatabase } from '@ashlar/postgres';
import type { Observation, Observe } from '@ashlar/telemetry';

export interface UsageMeterOptions {
  /** The control database. */
  readonly control: ProjectDatabase;
  readonly observe: Observe;
  readonly flushMs?: number;
  readonly now?: () => number;
}

export interface UsageMeter {
  /** Counts what was answered; costs a lookup in a map. */
  readonly count: Observe;
  /** Writes what is counted and not written yet. */
  close(): Promise<void>;
}

interface Count {
  readonly project: string;
  readonly service: string;
  /** ISO 8601. */
  readonly hour: string;
  requests: number;
  failures: number;
  bytes: number;
  durationMs: number;
}

const FLUSH_MS = 10_000;
const HOUR_MS = 3_600_000;
/** Names of projects come from addresses: those nobody has must not fill the memory until they are thrown away. */
const MAX_COUNTS = 10_000;

const WRITE_SQL = `
  with counted as (
    select * from jsonb_to_recordset($1::jsonb) as c (
      project text, service text, hour timestamptz, requests bigint, failures bigint, bytes bigint,
      "durationMs" numeric
    )
  )
  insert into control.usage as u (project_ref, service, hour, requests, failures, bytes, duration_ms)
  select c.project, c.service, c.hour, c.requests, c.failures, c.bytes, round(c."durationMs")
  from counted c join control.projects p on p.ref = c.project
  order by 1, 2, 3
  on conflict (project_ref, hour, service) do update set
    requests = u.requests + excluded.requests, failures = u.failures + excluded.failures,
    bytes = u.bytes + excluded.bytes, duration_ms = u.duration_ms + excluded.duration_ms`;

const USED_SQL = `
  update control.api_keys set last_used_at = used.at
  from (select * from jsonb_to_recordset($1::jsonb) as k (id uuid, at timestamptz)) used
  where api_keys.id = used.id and (last_used_at is null or last_used_at < used.at)`;

/**
 * Counts requests per project, service and hour, and notes when keys were used; both are written every ten seconds while
 * there is something to write. A crash loses at most that.
 */
export function createUsageMeter({
  control,
  observe,
  flushMs = FLUSH_MS,
  now = Date.now,
}: UsageMeterOptions): UsageMeter {
  let counts = new Map<string, Count>();
  let usedKeys = new Map<string, string>();
  let timer: NodeJS.Timeout | undefined;
  let writing = Promise.resolve();

  function count(observation: Observation): void {
    if (observation.kind !== 'request.answered' || observation.project === '') return;
    const { project, service, status, bytes, durationMs, keyId } = observation;
    const hour = new Date(Math.floor(now() / HOUR_MS) * HOUR_MS).toISOString();
    const key = `${project} ${service} ${hour}`;
    const known = counts.get(key);
    if (known === undefined && counts.size >= MAX_COUNTS) return;
    const counted = known ?? { project, service, hour, requests: 0, failures: 0, bytes: 0, durationMs: 0 };
    if (known === undefined) counts.set(key, counted);
    counted.requests += 1;
    counted.failures += status >= 500 ? 1 : 0;
    counted.bytes += bytes;
    counted.durationMs += durationMs;
    if (keyId !== undefined) usedKeys.set(keyId, new Date(now()).toISOString());
    timer ??= setTimeout(flush, flushMs).unref();
  }

  function flush(): void {
    timer = undefined;
    writing = writing.then(write);
  }

  async function write(): Promise<void> {
    const [counted, used] = [counts, usedKeys];
    [counts, usedKeys] = [new Map(), new Map()];
    if (counted.size === 0) return;
    try {
      await control.transaction({ login: 'platform', role: 'control' }, async (tx) => {
        await tx.query(WRITE_SQL, [JSON.stringify([...counted.values()])]);
        if (used.size > 0) await tx.query(USED_SQL, [JSON.stringify([...used].map(([id, at]) => ({ id, at })))]);
      });
    } catch (error) {
      // Counted again would be counted twice if the answer alone was lost.
      observe({ kind: 'control.work-failed', work: 'usage', error });
    }
  }

  return {
    count,
    async close() {
      clearTimeout(timer);
      flush();
      await writing;
    },
  };
}
