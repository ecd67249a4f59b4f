import { setTimeout as delay } from 'node:timers/promises';
import type { Instance } from '../instance/instance.ts';
import { benchUser } from '../load/bench-user.ts';
import { processTreeMemory } from '../measure/memory.ts';
import { changesOf, leave, listen, type Listener } from './listener.ts';

const LISTENERS = 200;
/** What one connection may send at once. */
const MESSAGES = 900;
const STORM = 2_000;
const IDLE = 5_000;
/** Handshakes under way at once. */
const AT_ONCE = 200;
const SETTLE_MS = 3_000;

/** Deliveries a second of broadcasts from one member to two hundred others. */
export async function broadcastDeliveries(instance: Instance, rounds: number): Promise<number> {
  const { token } = benchUser(0, instance.keys.keys.jwtSecret);
  const config = { presence: { enabled: false } };
  let arrived = 0;
  let done = Promise.withResolvers<void>();
  const room = { token, topic: 'realtime:bench', config };
  const listeners = await Promise.all(
    Array.from({ length: LISTENERS }, () =>
      listen(instance, {
        ...room,
        onMessage: () => {
          arrived += 1;
          if (arrived === MESSAGES * LISTENERS) done.resolve();
        },
      }),
    ),
  );
  const rates: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    arrived = 0;
    done = Promise.withResolvers();
    // Another sender each time: what one may send is limited.
    const sender = await listen(instance, room);
    const payload = { type: 'broadcast', event: 'cursor', payload: { x: 1, y: 2, name: 'somebody' } };
    const startedAt = performance.now();
    for (let n = 0; n < MESSAGES; n += 1) sender.send(['1', null, room.topic, 'broadcast', payload]);
    await done.promise;
    rates.push((MESSAGES * LISTENERS * 1000) / (performance.now() - startedAt));
    leave([sender]);
  }
  leave(listeners);
  return rates.toSorted((one, other) => one - other)[Math.floor(rates.length / 2)] ?? 0;
}

export interface StormFigures {
  readonly seconds: number;
  readonly errors: number;
}

/** Two thousand clients that come at once and subscribe to a table. */
export async function joinStorm(instance: Instance): Promise<StormFigures> {
  const people = Array.from({ length: 50 }, (_, at) => benchUser(at, instance.keys.keys.jwtSecret));
  const startedAt = performance.now();
  const results = await Promise.allSettled(
    Array.from({ length: STORM }, (_, at) =>
      listen(instance, {
        token: people[at % people.length]?.token ?? '',
        topic: `realtime:storm-${at % 20}`,
        config: changesOf('bench_changes'),
      }),
    ),
  );
  const seconds = (performance.now() - startedAt) / 1000;
  leave(results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : [])));
  return { seconds, errors: results.filter(({ status }) => status === 'rejected').length };
}

/** MiB the server needs for five thousand connections that have joined a channel and are silent. */
export async function idleSocketsMiB(instance: Instance): Promise<number> {
  const { token } = benchUser(0, instance.keys.keys.jwtSecret);
  await delay(SETTLE_MS);
  const before = await serverMiB(instance);
  const listeners: Listener[] = [];
  for (let opened = 0; opened < IDLE; opened += AT_ONCE) {
    const config = { presence: { enabled: false } };
    const more = Array.from({ length: AT_ONCE }, (_, at) =>
      listen(instance, { token, topic: `realtime:idle-${(opened + at) % 500}`, config }),
    );
    listeners.push(...(await Promise.all(more)));
  }
  await delay(SETTLE_MS);
  const extra = (await serverMiB(instance)) - before;
  leave(listeners);
  await delay(SETTLE_MS);
  return extra;
}

async function serverMiB({ pid }: Instance): Promise<number> {
  return (await processTreeMemory(pid)).reduce((sum, { pssMiB }) => sum + pssMiB, 0);
}
