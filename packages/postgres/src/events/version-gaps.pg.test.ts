import type { DomainEvent } from '@ashlar/kernel';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  createDeliveryStand,
  type DeliveryStand,
  numberOf,
  type RunningDelivery,
  until,
} from './fixtures/delivery-stand.ts';
import type { Subscription } from './subscription.ts';

/** Nothing here waits for it to pass. */
const LONG_MS = 600_000;

let stand: DeliveryStand;
beforeEach(async () => {
  stand = await createDeliveryStand();
});
afterEach(() => stand.close());

function recorder(seen: number[], isBatch: boolean, types: readonly string[] = ['app.thing.*']): Subscription {
  const terms = { consumer: 'identity.watcher', types, effects: 'outside' } as const;
  const handle = async (event: DomainEvent): Promise<void> => void seen.push(numberOf(event));
  if (!isBatch) return { ...terms, handle };
  return {
    ...terms,
    maxBatch: 10,
    async handleBatch(events: readonly DomainEvent[]) {
      for (const event of events) await handle(event);
    },
  };
}

/** Resolves when the stream alone brings events: what is read from the event log is in order anyway. */
async function begin(subscription: Subscription, versionWaitMs: number): Promise<RunningDelivery> {
  const running = await stand.run([subscription], { versionWaitMs });
  await stand.caughtUp('identity.watcher');
  return running;
}

/** An event whose number is its version. */
async function emit(version: number, type = 'app.thing.happened'): Promise<void> {
  await stand.project.sql(
    `select events.emit($1, 's', jsonb_build_object('n', $2::int), jsonb_build_object('aggregateversion', $2::int))`,
    [type, version],
  );
}

async function parked(): Promise<number[]> {
  const rows = await stand.project.sql<{ n: number }>(
    `select (event -> 'data' ->> 'n')::int as n from events.dead_letters order by 1`,
  );
  return rows.map(({ n }) => n);
}

test.each([false, true])(
  'events that come before an earlier version wait for it, and are given in order (in batches: %s)',
  async (isBatch) => {
    const seen: number[] = [];
    await begin(recorder(seen, isBatch), LONG_MS);
    for (const version of [1, 4, 3]) await emit(version);
    await until('both wait', async () => (await parked()).length === 2);
    await expect.poll(() => seen).toEqual([1]);
    for (const version of [2, 5]) await emit(version);
    await until('all are handled', () => seen.length === 5);
    expect(seen).toEqual([1, 2, 3, 4, 5]);
    await until('nothing is parked', async () => (await parked()).length === 0);
    expect(stand.observed.filter(({ kind }) => kind === 'event.version-gap')).toEqual([]);
  },
);

test('a version that never comes holds the next ones up for a bounded time, which is observed', async () => {
  const seen: number[] = [];
  await begin(recorder(seen, false), 300);
  for (const version of [1, 3, 4]) await emit(version);
  await until('all are handled', () => seen.length === 3);
  expect(seen).toEqual([1, 3, 4]);
  expect(stand.observed.filter(({ kind }) => kind === 'event.version-gap')).toMatchObject([
    { consumer: 'identity.watcher', version: 3, waitedMs: 300 },
  ]);
});

test('a version of a type that a consumer does not want is nothing it waits for', async () => {
  const seen: number[] = [];
  await begin(recorder(seen, false, ['app.thing.happened']), LONG_MS);
  await emit(1);
  await emit(3);
  await until('it waits', async () => (await parked()).length === 1);
  await emit(2, 'app.thing.renamed');
  await until('it is handled', () => seen.length === 2);
  expect(seen).toEqual([1, 3]);
});

test('what waits outlives the process, and goes on when its version comes', async () => {
  const seen: number[] = [];
  const first = await begin(recorder(seen, false), LONG_MS);
  await emit(1);
  await emit(3);
  await until('it waits', async () => (await parked()).length === 1);
  await first.stop();
  await begin(recorder(seen, false), LONG_MS);
  await emit(2);
  await until('all are handled', () => seen.length === 3);
  expect(seen).toEqual([1, 2, 3]);
});
