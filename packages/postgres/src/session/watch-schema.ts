import type { Observe } from '@ashlar/telemetry';
import type { ProjectDatabase, Statement } from './call.ts';

/** The channel PostgREST's clients announce changes on, and the two words they say. */
export const SCHEMA_CHANNEL = 'pgrst';
const RELOAD_CONFIG = 'reload config';

export interface SchemaWatchOptions {
  readonly database: ProjectDatabase;
  /** False: the server lets nobody make event triggers, so the catalogue itself is compared. */
  readonly eventTriggers: boolean;
  /**
   * The schema (or the settings kept in it) changed or may have; called at least once per change, after its commit.
   * Must not throw.
   */
  readonly onChange: (what: 'schema' | 'config') => void;
  readonly observe: Observe;
  /** How often the catalogue is compared without event triggers; default 2 s. */
  readonly intervalMs?: number;
}

const DEFAULT_INTERVAL_MS = 2_000;
const FINGERPRINT_TIMEOUT_MS = 10_000;

/**
 * Tells of every change of a project's schema: by the notification DDL sends, by `NOTIFY pgrst` from anybody, after
 * every reconnect (something may have been missed), and, where the server has no event triggers, by comparing
 * fingerprints of the catalogue. A project that went idle is left alone until it wakes.
 */
export async function watchSchema(options: SchemaWatchOptions): Promise<{ stop(): Promise<void> }> {
  const { database, onChange } = options;
  const subscription = await database.listen(
    SCHEMA_CHANNEL,
    ({ payload }) => onChange(payload === RELOAD_CONFIG ? 'config' : 'schema'),
    () => {
      onChange('schema');
      onChange('config');
    },
  );
  if (options.eventTriggers) return subscription;
  // The first reading is part of beginning: what changes after this function has returned is told.
  const first = await readFingerprint(database).catch(async (error: unknown) => {
    await subscription.stop();
    throw error;
  });
  const comparison = compareRepeatedly(options, first);
  return {
    async stop() {
      comparison.stop();
      await subscription.stop();
    },
  };
}

/**
 * Every row of the catalogue that a snapshot is made from carries the transaction that wrote it last, so a sum over
 * those changes with any DDL; nothing is sorted, and 500 tables take the server some 15 ms.
 */
const FINGERPRINT: Statement = {
  text: `
    with watched as (
      select oid from pg_catalog.pg_namespace
       where nspname not in ('pg_catalog', 'information_schema', 'pg_toast', 'events')
         and nspname not like 'pg\\_temp\\_%' and nspname not like 'pg\\_toast\\_temp\\_%'
    )
    select concat_ws('/',
      (select concat(count(*), '.', sum(hashtextextended(c.oid::text || c.xmin::text, 0)))
         from pg_catalog.pg_class c where c.relnamespace in (select oid from watched)),
      (select concat(count(*), '.', sum(hashtextextended(a.attrelid::text || '.' || a.attnum || '.' || a.xmin::text, 0)))
         from pg_catalog.pg_attribute a join pg_catalog.pg_class c on c.oid = a.attrelid
        where a.attnum > 0 and c.relnamespace in (select oid from watched)),
      (select concat(count(*), '.', sum(hashtextextended(p.oid::text || p.xmin::text, 0)))
         from pg_catalog.pg_proc p where p.pronamespace in (select oid from watched)),
      (select concat(count(*), '.', sum(hashtextextended(t.oid::text || t.xmin::text, 0)))
         from pg_catalog.pg_type t where t.typnamespace in (select oid from watched)),
      (select concat(count(*), '.', sum(hashtextextended(k.oid::text || k.xmin::text, 0)))
         from pg_catalog.pg_constraint k where k.connamespace in (select oid from watched)),
      (select concat(count(*), '.', sum(hashtextextended(r.oid::text || r.xmin::text, 0)))
         from pg_catalog.pg_rewrite r where r.ev_class >= 16384),
      (select concat(count(*), '.', sum(hashtextextended(d.objoid::text || d.objsubid || d.xmin::text, 0)))
         from pg_catalog.pg_description d where d.objoid >= 16384)
    ) as fingerprint`,
  values: [],
};

function compareRepeatedly(options: SchemaWatchOptions, first: string | null): { stop(): void } {
  const { database, onChange, observe, intervalMs = DEFAULT_INTERVAL_MS } = options;
  let known = first;
  let isStopped = false;
  let timer: NodeJS.Timeout;

  const compare = async (): Promise<void> => {
    // Waking a project in order to see whether it changed would keep every project awake.
    if (!database.awake) return;
    const found = await readFingerprint(database);
    if (found !== known) onChange('schema');
    known = found;
  };
  const again = async (): Promise<void> => {
    try {
      await compare();
    } catch (error) {
      observe({ kind: 'snapshot.failed', project: database.ref, error });
    }
    if (!isStopped) schedule();
  };
  const schedule = (): void => {
    timer = setTimeout(() => void again(), intervalMs).unref();
  };
  schedule();
  return {
    stop() {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}

async function readFingerprint(database: ProjectDatabase): Promise<string | null> {
  const { rows } = await database.call({
    login: 'authenticator',
    role: 'anon',
    settings: [],
    readOnly: true,
    statementTimeoutMs: FINGERPRINT_TIMEOUT_MS,
    statement: FINGERPRINT,
    connection: 'own',
    background: true,
  });
  return rows[0]?.[0] ?? null;
}
