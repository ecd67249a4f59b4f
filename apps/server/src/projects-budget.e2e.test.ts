import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { proofSize, type RunningServer, startServer } from '@ashlar/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask, setUp } from './control-client.fixture.ts';

const PROJECTS = proofSize('projects-budget', { short: 3, full: 50 });
const IDLE_SECONDS = proofSize('projects-budget', { short: 2, full: 60 });
/** What one project in use may hold: two connections requests share, and one that listens. */
const PER_PROJECT = 3;
/** Connections of their own, for all projects together. */
const OWN = 32;
/** Of the embedded server. */
const MAX_CONNECTIONS = 200;
const MAX_SLOTS = 64;
/** Requests to each project at once. */
const CALLERS = 4;
const MOST_TRIES = 30;

let server: RunningServer;

beforeAll(async () => {
  server = await startServer({ environment: { ASHLAR_PROJECT_IDLE_SECONDS: String(IDLE_SECONDS) } });
});

afterAll(() => server?.stop());

interface Held {
  /** Of clients, by project. */
  readonly clients: number;
  readonly most: number;
  /** Of clients, those of the platform included. */
  readonly all: number;
  /** Readers of logs; the server counts them apart. */
  readonly senders: number;
  readonly slots: number;
}

async function held(): Promise<Held> {
  const [found] = await server.superuserSql<Record<keyof Held, number>>(
    `with project as (
       select datname, count(*)::int as held from pg_stat_activity
        where datname like 'project\\_%' and backend_type = 'client backend' group by datname)
     select coalesce(sum(held), 0)::int as clients, coalesce(max(held), 0)::int as most,
            (select count(*)::int from pg_stat_activity where backend_type = 'client backend') as "all",
            (select count(*)::int from pg_stat_activity where backend_type = 'walsender') as senders,
            (select count(*)::int from pg_replication_slots) as slots
       from project`,
    [],
    'postgres',
  );
  return found ?? { clients: 0, most: 0, all: 0, senders: 0, slots: 0 };
}

async function residentMiB(): Promise<number> {
  const status = await readFile(`/proc/${server.pid}/status`, 'utf8').catch(() => '');
  return Math.round(Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) / 1024);
}

test(
  `${PROJECTS} projects in use at once stay within the connections and slots of the server, and at rest hold none`,
  { timeout: 1_200_000 },
  async () => {
    const { bearer, organisation } = await setUp(server);
    const memory: Record<string, number> = { before: await residentMiB() };
    const refs = Array.from({ length: PROJECTS }, (_, index) => `budget${index}`);
    const keys: string[] = [];
    const get = async (ref: string, key: string): Promise<number> => {
      for (let tries = 1; ; tries += 1) {
        const answer = await fetch(`${server.url}/p/${ref}/rest/v1/note?select=text`, { headers: { apikey: key } });
        await answer.arrayBuffer();
        // A busy machine sends some away; they come again, as clients do.
        if (![503, 504].includes(answer.status) || tries === MOST_TRIES) return answer.status;
        await delay(100 * tries);
      }
    };
    for (const ref of refs) {
      const made = await ask(server, 'POST', `/organisations/${organisation}/projects`, { bearer, body: { ref } });
      expect(made.status, JSON.stringify(made.body)).toBe(201);
      const note = `create table public.note as select 'kept' as text; grant select on public.note to anon`;
      await server.superuserSql(note, undefined, `project_${ref}`);
      const { body } = await ask(server, 'GET', `/projects/${ref}/keys`, { bearer });
      keys.push(body.anon_key);
      expect(await get(ref, body.anon_key), ref).toBe(200);
    }

    const use = async (): Promise<readonly number[]> =>
      Promise.all(refs.flatMap((ref, at) => Array.from({ length: CALLERS }, () => get(ref, keys[at] ?? ''))));
    const seen: Held[] = [];
    const done = new AbortController();
    const watching = (async () => {
      while (!done.signal.aborted) {
        seen.push(await held());
        await delay(20);
      }
    })();
    try {
      for (let round = 0; round < 3; round += 1) expect(new Set(await use())).toEqual(new Set([200]));
    } finally {
      done.abort();
      await watching;
    }
    seen.push(await held());
    memory['inUse'] = await residentMiB();

    const most = {
      clients: Math.max(...seen.map(({ clients }) => clients)),
      all: Math.max(...seen.map(({ all }) => all)),
      senders: Math.max(...seen.map(({ senders }) => senders)),
      slots: Math.max(...seen.map(({ slots }) => slots)),
    };
    expect(most.clients).toBeGreaterThan(0);
    expect(most.clients).toBeLessThanOrEqual(PROJECTS * PER_PROJECT + OWN);
    expect(most.all).toBeLessThan(MAX_CONNECTIONS);
    expect(most.senders).toBeLessThanOrEqual(MAX_SLOTS);
    expect(most.slots).toBeLessThanOrEqual(MAX_SLOTS);

    const atRest = async (): Promise<readonly number[]> => {
      const { clients, slots } = await held();
      return [clients, slots];
    };
    await expect.poll(atRest, { timeout: 180_000, interval: 200 }).toEqual([0, 0]);
    memory['atRest'] = await residentMiB();
    if (PROJECTS > 10) console.log({ most, mostOfOneProject: Math.max(...seen.map((one) => one.most)), memory });
  },
);
