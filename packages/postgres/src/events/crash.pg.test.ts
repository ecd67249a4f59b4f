import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createTestProject, proofSize, type TestProject } from '@ashlar/testing';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { withAdmin } from '../cluster/admin-connection.ts';
import { type EmbeddedCluster, openEmbeddedCluster } from '../embedded/open-embedded-cluster.ts';
import type { DeliverTerms } from './fixtures/deliver.ts';

const ROUNDS = proofSize('stream', { short: 4, full: 40 });
const WRITERS = proofSize('stream', { short: 4, full: 16 });
/** Promised on a machine of one's own; the short run shares two cores with other tests. */
const TAKEOVER_MS = proofSize('stream', { short: 30_000, full: 5_000 });
const PATIENCE_MS = 60_000;
const PLATFORM_PASSWORD = 'platform';

let folder: string;
let cluster: EmbeddedCluster;
let project: TestProject;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ashlar-stream-'));
  chmodSync(folder, 0o755);
  cluster = await openEmbeddedCluster({
    dataDir: folder,
    superuserPassword: 'superuser',
    platformPassword: PLATFORM_PASSWORD,
    port: 0,
    observe: () => undefined,
  });
  project = await createTestProject({ cluster });
  await query(`
    create table public.effects (n bigint generated always as identity, event_id uuid, subject text, data jsonb);
    grant all on public.effects to identity`);
});
afterAll(async () => {
  await cluster?.close();
  rmSync(folder, { recursive: true, force: true });
});

function query(text: string, values: readonly unknown[] = []): Promise<Record<string, unknown>[]> {
  return withAdmin(cluster.admin(project.target.database), async (client) => {
    const { rows } = await client.query<Record<string, unknown>>(text, values.length === 0 ? undefined : [...values]);
    return rows;
  });
}

/** A process that delivers, and what its stream does. */
class Deliverer {
  readonly child: ChildProcess;
  state = '';

  constructor() {
    const script = fileURLToPath(new URL('fixtures/deliver.ts', import.meta.url));
    const { services: _derived, ...target } = project.target;
    const terms: DeliverTerms = {
      target,
      platformPassword: PLATFORM_PASSWORD,
      access: cluster.admin(project.target.database),
    };
    this.child = spawn(process.execPath, [script, JSON.stringify(terms)], { stdio: ['ignore', 'pipe', 'inherit'] });
    if (this.child.stdout !== null) {
      createInterface({ input: this.child.stdout }).on('line', (line) => (this.state = line));
    }
  }

  async kill(): Promise<void> {
    const exited = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await exited;
  }
}

async function until(what: string, isSo: () => boolean | Promise<boolean>, withinMs = PATIENCE_MS): Promise<void> {
  const startedAt = performance.now();
  while (!(await isSo())) {
    if (performance.now() - startedAt > withinMs) throw new Error(`Waited in vain: ${what}`);
    await delay(20);
  }
}

/** Emits numbered events of one subject until told to stop; every third transaction is rolled back. */
async function write(subject: string, acknowledged: string[], stop: AbortSignal): Promise<void> {
  let n = 0;
  while (!stop.aborted) {
    const client = new Client(cluster.admin(project.target.database));
    client.on('error', () => undefined);
    try {
      await client.connect();
      while (!stop.aborted) {
        n += 1;
        const isUndone = n % 3 === 0;
        await client.query('begin');
        const type = isUndone ? 'app.thing.undone' : 'app.thing.happened';
        const data = JSON.stringify({ n });
        const { rows } = await client.query<{ id: string }>('select events.emit($1, $2, $3) as id', [
          type,
          subject,
          data,
        ]);
        await client.query(isUndone ? 'rollback' : 'commit');
        if (!isUndone) acknowledged.push(rows[0]?.id ?? '');
        await delay(2);
      }
    } catch {
      await delay(50);
    } finally {
      await client.end().catch(() => undefined);
    }
  }
}

/** Many are left when more is emitted than is handled; it is enough that they become fewer. */
async function untilAllHandled(): Promise<void> {
  let before = -1;
  let since = performance.now();
  for (;;) {
    const [row] = await query(
      `select (select count(*) from events.log)::int as log,
              (select count(distinct event_id) from public.effects)::int as effects,
              (select json_object_agg(state, n) from (select state, count(*) as n from events.dead_letters group by 1) d)
                as parked,
              (select bool_or(behind) from events.consumers) as behind`,
    );
    const effects = Number(row?.['effects']);
    if (effects === row?.['log']) return;
    if (effects !== before) since = performance.now();
    before = effects;
    if (performance.now() - since > PATIENCE_MS) throw new Error(`Events are left: ${JSON.stringify(row)}`);
    await delay(100);
  }
}

interface Effect {
  readonly id: string;
  readonly subject: string;
  readonly n: number;
  readonly times: number;
}

test(
  'whoever is killed at whatever moment, every committed event takes effect once, in order, and no other does',
  { timeout: 4 * 3600 * 1000 },
  async () => {
    const deliverers = [new Deliverer(), new Deliverer()];
    const stop = new AbortController();
    const acknowledged: string[] = [];
    let writers: Promise<void>[] = [];
    try {
      // What was emitted before the subscription was known is none of its business.
      await until('one reads', () => deliverers.some(({ state }) => state === 'reading'));
      writers = Array.from({ length: WRITERS }, (_, index) => write(`s-${index}`, acknowledged, stop.signal));
      for (let round = 0; round < ROUNDS; round += 1) {
        await delay(300 + 61 * (round % 7));
        if (round % 3 === 1) {
          process.kill(cluster.pid() ?? 0, 'SIGKILL');
          await cluster.ready();
          await until('one reads', async () => {
            const rows = await query('select from pg_replication_slots where active').catch(() => []);
            return rows.length > 0;
          });
          continue;
        }
        await until('one stands by', () => deliverers.some(({ state }) => state === 'standby'));
        const reading = deliverers.findIndex(({ state }) => state === 'reading');
        const other = deliverers[1 - reading];
        await deliverers[reading]?.kill();
        await until('the other takes over', () => other?.state === 'reading', TAKEOVER_MS);
        deliverers[reading] = new Deliverer();
      }
      stop.abort();
      await Promise.all(writers);
      await untilAllHandled();
    } finally {
      stop.abort();
      await Promise.all(writers);
      await Promise.all(deliverers.map((deliverer) => deliverer.kill()));
    }

    // The query says what its columns are.
    const effects = (await query(
      `select event_id::text as id, subject, (data ->> 'n')::int as n, count(*) over (partition by event_id)::int as times
         from public.effects order by effects.n`,
    )) as unknown as Effect[];
    expect(acknowledged.length).toBeGreaterThan(WRITERS * ROUNDS);
    expect(effects.filter(({ times }) => times !== 1)).toEqual([]);
    const handled = new Set(effects.map(({ id }) => id));
    expect(acknowledged.filter((id) => !handled.has(id))).toEqual([]);
    expect(effects.filter(({ n }) => n % 3 === 0)).toEqual([]);
    const last = new Map<string, number>();
    const disordered = effects.filter(({ subject, n }) => {
      const isAfter = n > (last.get(subject) ?? 0);
      last.set(subject, n);
      return !isAfter;
    });
    expect(disordered).toEqual([]);
    expect(await query('select from events.dead_letters')).toEqual([]);
  },
);

test(
  'a reading process that hangs is taken over from, and does no harm when it comes to',
  async () => {
    const deliverers = [new Deliverer(), new Deliverer()];
    try {
      await until('one reads, one stands by', () => {
        const states = deliverers.map(({ state }) => state);
        return states.includes('reading') && states.includes('standby');
      });
      const [frozen, other] =
        deliverers[0]?.state === 'reading' ? deliverers : ([deliverers[1], deliverers[0]] as const);
      // What the tests before left is done first: a process that hangs within a transaction keeps it for a minute.
      const marker = await query(`select events.emit('app.thing.happened', 'before', '{}') as id`);
      const isMarked = async () =>
        (await query('select from public.effects where event_id = $1', [marker[0]?.['id']])).length === 1;
      await until('what was left is handled', isMarked);
      frozen?.child.kill('SIGSTOP');
      await query('delete from public.effects');
      await query(
        `select events.emit('app.thing.happened', 'frozen', jsonb_build_object('n', n)) from generate_series(1, 20) n`,
      );
      await until('the other takes over', () => other?.state === 'reading', PATIENCE_MS * 1.5);
      await until('it handles them', async () => (await query('select from public.effects')).length === 20);
      frozen?.child.kill('SIGCONT');
      await until('it stands by', () => frozen?.state === 'standby');
      await query(`select events.emit('app.thing.happened', 'frozen', '{"n": 21}')`);
      await until('one more', async () => (await query('select from public.effects')).length >= 21);
      expect(await query('select event_id from public.effects group by 1 having count(*) > 1')).toEqual([]);
    } finally {
      await Promise.all(deliverers.map((deliverer) => deliverer.kill()));
    }
  },
  PATIENCE_MS * 5,
);
