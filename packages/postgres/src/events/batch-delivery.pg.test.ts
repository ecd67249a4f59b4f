import type { DomainEvent } from '@ashlar/kernel';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { listDeadLetters, replayDeadLetters } from './dead-letters.ts';
import { createDeliveryStand, type DeliveryStand, numberOf, until } from './fixtures/delivery-stand.ts';
import type { DatabaseBatchSubscription } from './subscription.ts';

const CONSUMER = 'identity.batches';

let stand: DeliveryStand;
let sizes: number[];
beforeEach(async () => {
  stand = await createDeliveryStand();
  sizes = [];
});
afterEach(() => stand.close());

/** Writes a row per event in one statement; `fails` may throw first. */
function batchWriter(
  maxBatch: number,
  fails: (events: readonly DomainEvent[]) => void = () => undefined,
): DatabaseBatchSubscription {
  return {
    consumer: CONSUMER,
    types: ['app.thing.*'],
    effects: 'database',
    role: 'identity',
    maxBatch,
    async handleBatch(events, { tx }) {
      sizes.push(events.length);
      await tx.query(
        `insert into public.effects (consumer, event_id, subject, data)
         select $1, (e ->> 'id')::uuid, e ->> 'subject', e -> 'data' from jsonb_array_elements($2::jsonb) e`,
        [CONSUMER, JSON.stringify(events)],
      );
      fails(events);
    },
  };
}

const emitMany = (count: number, subjects: number): Promise<unknown> =>
  stand.project.sql(
    `select events.emit('app.thing.happened', 's' || n % $2::int, jsonb_build_object('n', n))
       from generate_series(1, $1::int) n`,
    [count, subjects],
  );

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

test('many events are handled in one transaction, in order', async () => {
  await stand.run([batchWriter(100)]);
  await emitMany(450, 7);
  await stand.untilEffects(CONSUMER, 450);
  expect(await stand.effects(CONSUMER)).toEqual(upTo(450));
  expect(Math.max(...sizes)).toBe(100);
  const [row] = await stand.project.sql('select count(distinct xmin::text)::int as n from public.effects');
  expect(row).toEqual({ n: sizes.length });
  expect(await stand.project.sql('select count(*)::int as n from events.inbox')).toEqual([{ n: 450 }]);
});

test('what one event makes fail is done for all others of its batch, and it is parked alone with those behind it', async () => {
  let isBroken = true;
  await stand.run([
    batchWriter(50, (events) => {
      if (isBroken && events.some((event) => numberOf(event) === 10)) throw new Error('poisoned');
    }),
  ]);
  await emitMany(40, 4);
  await until('it is given up', async () => {
    const dead = await listDeadLetters(stand.project.database, { state: 'dead' });
    return dead.length === 1;
  });
  // Of the aggregate of the tenth, the second and the sixth came before it.
  await stand.untilEffects(CONSUMER, 32);
  expect(await stand.effects(CONSUMER, 's2')).toEqual([2, 6]);
  expect(await stand.effects(CONSUMER, 's1')).toEqual(upTo(40).filter((n) => n % 4 === 1));
  isBroken = false;
  await replayDeadLetters(stand.project.database, { consumer: CONSUMER });
  await stand.untilEffects(CONSUMER, 40);
  expect(await stand.effects(CONSUMER, 's2')).toEqual(upTo(40).filter((n) => n % 4 === 2));
  await emitMany(4, 4);
  await stand.untilEffects(CONSUMER, 44);
  expect(await listDeadLetters(stand.project.database)).toEqual([]);
});

test('events whose slot was lost come in batches from the event log, none twice', async () => {
  const first = await stand.run([batchWriter(100)]);
  await emitMany(20, 3);
  await stand.untilEffects(CONSUMER, 20);
  await stand.caughtUp(CONSUMER);
  await first.stop();
  await stand.dropSlot();
  await emitMany(1_200, 3);
  await stand.run([batchWriter(100)]);
  await stand.untilEffects(CONSUMER, 1_220);
  await stand.caughtUp(CONSUMER);
  expect(await stand.effects(CONSUMER)).toEqual([...upTo(20), ...upTo(1_200)]);
});

test('what is done outside for many events is remembered for all of them', async () => {
  const done: string[] = [];
  const outside = {
    consumer: 'identity.outside',
    types: ['app.thing.*'],
    effects: 'outside',
    maxBatch: 25,
    handleBatch: async (events: readonly DomainEvent[]) => void done.push(...events.map(({ id }) => id)),
  } as const;
  const first = await stand.run([outside]);
  await emitMany(60, 5);
  await until('all', () => done.length === 60);
  await stand.caughtUp('identity.outside');
  await first.stop();
  await stand.dropSlot();
  await stand.run([outside]);
  await stand.caughtUp('identity.outside');
  await emitMany(1, 1);
  await until('one more', () => done.length > 60);
  expect(new Set(done).size).toBe(61);
  expect(done).toHaveLength(61);
});

test('a database that goes away in the middle of a batch costs no event an attempt', async () => {
  await stand.run([batchWriter(100)]);
  await stand.emit('a', 1);
  await stand.untilEffects(CONSUMER, 1);
  await emitMany(500, 5);
  await stand.project.sql('select pg_terminate_backend(pid) from pg_stat_activity where usename = $1', [
    `${stand.project.ref}_identity`,
  ]);
  await stand.untilEffects(CONSUMER, 501);
  expect(await stand.effects(CONSUMER)).toEqual([1, ...upTo(500)]);
  expect(stand.observed.filter(({ kind }) => kind === 'event.failed')).toEqual([]);
});

test('ten thousand events of one transaction are handled in few', async () => {
  await stand.run([batchWriter(500)]);
  await stand.caughtUp(CONSUMER);
  await emitMany(10_000, 50);
  await stand.untilEffects(CONSUMER, 10_000);
  expect(await stand.effects(CONSUMER)).toEqual(upTo(10_000));
  expect(sizes.length).toBeLessThan(100);
});
