import { Client } from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createDeliveryStand, type DeliveryStand, until } from './fixtures/delivery-stand.ts';
import { LogMarks } from './log-marks.ts';
import type { Subscription } from './subscription.ts';

let stand: DeliveryStand;
beforeEach(async () => {
  stand = await createDeliveryStand();
});
afterEach(() => stand.close());

const WRITER: Subscription = {
  consumer: 'identity.writer',
  types: ['app.thing.*'],
  effects: 'database',
  role: 'identity',
  async handle({ id, subject, data }, { tx }) {
    await tx.query('insert into public.effects (consumer, event_id, subject, data) values ($1, $2, $3, $4)', [
      'identity.writer',
      id,
      subject,
      data,
    ]);
  },
};

async function mark(): Promise<number> {
  const [row] = await stand.project.sql<{ seq: number }>('select max(since_seq)::int as seq from events.consumers');
  return row?.seq ?? 0;
}

async function lastSeq(): Promise<number> {
  const [row] = await stand.project.sql<{ seq: number }>('select max(seq)::int as seq from events.log');
  return row?.seq ?? 0;
}

/** Emits an event in a transaction of its own that stays open. */
async function openTransaction(n: number): Promise<{ end(how: 'commit' | 'rollback'): Promise<void> }> {
  const client = new Client(stand.project.cluster.admin(stand.project.target.database));
  await client.connect();
  await client.query('begin');
  await client.query(`select events.emit('app.thing.happened', 'slow', jsonb_build_object('n', $1::int))`, [n]);
  return {
    async end(how) {
      await client.query(how);
      await client.end();
    },
  };
}

test('a consumer that keeps up is marked some time after events, and reads nothing from before the mark', async () => {
  const first = await stand.run([WRITER], { markAfterMs: 20 });
  await stand.emit('a', 1, 30);
  await until('it is marked', async () => (await mark()) === (await lastSeq()));
  expect((await stand.effects('identity.writer')).length).toBe(30);
  await first.stop();
  // What is before the mark is not even asked for.
  await stand.project.sql('delete from events.inbox');
  await stand.dropSlot();
  await stand.emit('a', 31, 33);
  await stand.run([WRITER]);
  await stand.caughtUp('identity.writer');
  expect(await stand.effects('identity.writer')).toEqual(Array.from({ length: 33 }, (_, index) => index + 1));
});

test('the mark stays before a transaction that is open, whose event is read later', async () => {
  const first = await stand.run([WRITER], { markAfterMs: 20 });
  await stand.emit('a', 1);
  await until('it is marked', async () => (await mark()) === (await lastSeq()));
  const before = await mark();
  const open = await openTransaction(2);
  await stand.emit('a', 3, 5);
  await stand.untilEffects('identity.writer', 4);
  // Several attempts to mark have passed by then.
  const marks = new LogMarks(stand.project.database);
  const frontier = await marks.frontier();
  expect(frontier.writers).toHaveLength(1);
  for (let n = 6; n <= 12; n += 1) await stand.emit('a', n);
  await stand.untilEffects('identity.writer', 11);
  expect(await marks.isSettled(frontier)).toBe(false);
  expect(await mark()).toBe(before);
  await first.stop();
  await stand.dropSlot();
  await open.end('commit');
  expect(await marks.isSettled(frontier)).toBe(true);
  await stand.run([WRITER]);
  await stand.untilEffects('identity.writer', 12);
  expect(await stand.effects('identity.writer', 'slow')).toEqual([2]);
  await stand.caughtUp('identity.writer');
});

test('a consumer that has read the event log is marked at its end', async () => {
  const first = await stand.run([WRITER]);
  await stand.emit('a', 1);
  await stand.untilEffects('identity.writer', 1);
  await first.stop();
  await stand.emit('a', 2, 20);
  await stand.dropSlot();
  await stand.run([WRITER]);
  await stand.caughtUp('identity.writer');
  expect(await mark()).toBe(await lastSeq());
});
