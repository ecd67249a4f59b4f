import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import type { Instance } from '../instance/instance.ts';
import { benchUser } from '../load/bench-user.ts';
import { type CpuUsed, cpuUsed } from '../measure/cpu.ts';
import { changesOf, leave, listen, p95 } from './listener.ts';

const SUBSCRIBERS = 500;
const WRITERS = 4;
/** How long what was written last may take to arrive. */
const PATIENCE_MS = 10_000;
const WRITE = 'insert into bench_changes (user_id, sent_at) values ($1, $2)';

export interface ChangeRun {
  readonly groups: number;
  /** Changes written in a second, as they really were. */
  readonly perSecond: number;
  /** From before a change was written until a subscriber had it. */
  readonly p95Ms: number;
  /** Deliveries that did not come. */
  readonly missing: number;
  /** Microseconds of CPU a change costs, which other loads on the machine hardly change. */
  readonly cpuPerChange: CpuUsed;
}

/** One subscriber, one change now and then. */
export async function idleLatency(instance: Instance, changes: number): Promise<number> {
  const { p95Ms } = await changesAt(instance, { groups: 1, subscribers: 1, perSecond: 20, seconds: changes / 20 });
  return p95Ms;
}

export interface ChangeLoad {
  /** Subscribers are spread over them; each change is visible to one. */
  readonly groups: number;
  readonly subscribers?: number;
  readonly perSecond: number;
  readonly seconds: number;
}

/** Writes rows under a policy at a steady rate, and measures how long they take to those who may see them. */
export async function changesAt(instance: Instance, load: ChangeLoad): Promise<ChangeRun> {
  const { groups, subscribers = SUBSCRIBERS, perSecond, seconds } = load;
  const people = Array.from({ length: groups }, (_, at) => benchUser(at, instance.keys.keys.jwtSecret));
  const latencies: number[] = [];
  const listeners = await Promise.all(
    Array.from({ length: subscribers }, (_, at) =>
      listen(instance, {
        token: people[at % groups]?.token ?? '',
        topic: 'realtime:changes',
        config: changesOf('bench_changes'),
        onMessage: (text) => {
          const sentAt = /"sent_at":([\d.]+)/.exec(text)?.[1];
          if (sentAt !== undefined) latencies.push(performance.now() - Number(sentAt));
        },
      }),
    ),
  );
  const writers = await Promise.all(
    Array.from({ length: WRITERS }, async () => {
      const client = new Client(instance.login('owner'));
      await client.connect();
      return client;
    }),
  );
  const total = Math.round(perSecond * seconds);
  const before = await cpuUsed(instance);
  const startedAt = performance.now();
  // Each writes its share at its own times; a slow commit must not hold the others up.
  await Promise.all(
    writers.map(async (client, writer) => {
      for (let at = writer; at < total; at += WRITERS) {
        const waitMs = startedAt + (at * 1000) / perSecond - performance.now();
        if (waitMs > 1) await delay(waitMs);
        await client.query(WRITE, [people[at % groups]?.id, performance.now()]);
      }
    }),
  );
  const tookSeconds = (performance.now() - startedAt) / 1000;
  const wanted = total * (subscribers / groups);
  for (let waited = 0; waited < PATIENCE_MS && latencies.length < wanted; waited += 50) await delay(50);
  const after = await cpuUsed(instance);
  leave(listeners);
  await Promise.all(writers.map((client) => client.end()));
  return {
    groups,
    perSecond: total / tookSeconds,
    p95Ms: p95(latencies),
    missing: wanted - latencies.length,
    cpuPerChange: {
      server: (after.server - before.server) / total,
      postgres: (after.postgres - before.postgres) / total,
    },
  };
}

const LIMIT_MS = 200;
const STEP = 1.5;
const FIRST_PER_SECOND = 250;
const MAX_PER_SECOND = 6_000;

/** The highest rate tried at which 95 of 100 deliveries still came within 200 ms. */
export async function highestRate(instance: Instance, groups: number, seconds: number): Promise<number> {
  let best = 0;
  for (let perSecond = FIRST_PER_SECOND; perSecond < MAX_PER_SECOND; perSecond *= STEP) {
    const run = await changesAt(instance, { groups, perSecond, seconds });
    // A database that does not take more is the end as well.
    if (run.p95Ms > LIMIT_MS || run.missing > 0 || run.perSecond < perSecond * 0.9) return best;
    best = run.perSecond;
  }
  return best;
}
