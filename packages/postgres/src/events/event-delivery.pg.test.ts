import { setTimeout as delay } from 'node:timers/promises';
import type { DomainEvent } from '@ashlar/kernel';
import type { Observation } from '@ashlar/telemetry';
import type { TestProject } from '@ashlar/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createLogStream } from '../stream/log-stream.ts';
import { discardDeadLetter, listDeadLetters, replayDeadLetters } from './dead-letters.ts';
import { emitEvent } from './emit-event.ts';
import { deliverEvents } from './event-delivery.ts';
import { createDeliveryStand, type DeliveryStand, numberOf, until } from './fixtures/delivery-stand.ts';
import type { Subscription } from './subscription.ts';

let stand: DeliveryStand;
let project: TestProject;
let observed: readonly Observation[];
beforeEach(async () => {
  stand = await createDeliveryStand();
  ({ project, observed } = stand);
});
afterEach(() => stand.close());

/** Writes a row per event, as its effect; `fails` may throw first. */
function writer(consumer: string, fails: (event: DomainEvent) => void = () => undefined): Subscription {
  return {
    consumer,
    types: ['app.thing.*'],
    effects: 'database',
    role: 'identity',
    async handle(event, { tx }) {
      await tx.query('insert into public.effects (consumer, event_id, subject, data) values ($1, $2, $3, $4)', [
        consumer,
        event.id,
        event.subject,
        event.data,
      ]);
      fails(event);
    },
  };
}

test('an event takes effect once its transaction has committed, with its organisation and actor, and never otherwise', async () => {
  const seen: { event: DomainEvent; claims: unknown }[] = [];
  await stand.run([
    {
      consumer: 'identity.watcher',
      types: ['app.thing.happened'],
      effects: 'database',
      role: 'identity',
      async handle(event, { tx }) {
        const { rows } = await tx.query<{ claims: string; me: string }>(
          `select current_setting('request.jwt.claims') as claims, current_user as me`,
        );
        seen.push({ event, claims: { ...JSON.parse(rows[0]?.claims ?? ''), me: rows[0]?.me } });
      },
    },
  ]);
  await project.sql(`begin; select events.emit('app.thing.happened', 'gone', '{}'); rollback`);
  await project.sql(`
    begin; select set_config('request.jwt.claims', '{"sub": "u-1", "org_id": "o-1"}', true);
    select events.emit('app.thing.happened', 's', '{"n": 1}', '{"causationid": "c-1"}'); commit`);
  await project.sql(`select events.emit('app.other', 's', '{}')`);
  await until('the event', () => seen.length > 0);
  await delay(50);
  expect(seen).toHaveLength(1);
  expect(seen[0]).toMatchObject({
    event: { type: 'app.thing.happened', subject: 's', data: { n: 1 }, orgid: 'o-1', actor: 'u-1', causationid: 'c-1' },
    claims: { sub: 'u-1', org_id: 'o-1', me: 'identity' },
  });
});

test('events of one aggregate are handled in their order, those of others beside them', async () => {
  await stand.run([writer('identity.writer')]);
  const subjects = ['a', 'b', 'c', 'd'];
  await Promise.all(subjects.map((subject) => stand.emit(subject, 1, 25)));
  await stand.untilEffects('identity.writer', 100);
  for (const subject of subjects) {
    expect(await stand.effects('identity.writer', subject)).toEqual(
      Array.from({ length: 25 }, (_, index) => index + 1),
    );
  }
});

test('what was emitted while no process ran is handled by the next one, once', async () => {
  const first = await stand.run([writer('identity.writer')]);
  await stand.emit('a', 1, 2);
  await stand.untilEffects('identity.writer', 2);
  await stand.caughtUp('identity.writer');
  await first.stop();
  await stand.emit('a', 3, 4);
  await stand.run([writer('identity.writer')]);
  await stand.untilEffects('identity.writer', 4);
  expect(await stand.effects('identity.writer')).toEqual([1, 2, 3, 4]);
});

test('a failing event is tried again, and given up without stopping other aggregates', async () => {
  const attempts = new Map<number, number>();
  await stand.run([
    writer('identity.writer', (event) => {
      const n = numberOf(event);
      attempts.set(n, (attempts.get(n) ?? 0) + 1);
      if (n === 2 || (n === 10 && attempts.get(n) === 1)) throw new Error(`poisoned ${n}`);
    }),
  ]);
  await stand.emit('poisoned', 1, 4);
  await stand.emit('hiccup', 10, 12);
  await stand.emit('sound', 20, 22);
  await stand.untilEffects('identity.writer', 7);
  await until('it is given up', () => observed.some((seen) => seen.kind === 'event.failed' && seen.isDead));
  expect(await stand.effects('identity.writer', 'poisoned')).toEqual([1]);
  expect(await stand.effects('identity.writer', 'hiccup')).toEqual([10, 11, 12]);
  expect(await stand.effects('identity.writer', 'sound')).toEqual([20, 21, 22]);
  expect(attempts.get(2)).toBe(3);
  await until('the rest waits', async () => (await listDeadLetters(project.database)).length === 3);
  expect(await listDeadLetters(project.database)).toMatchObject([
    { consumer: 'identity.writer', state: 'dead', attempts: 3, error: 'Error: poisoned 2', event: { data: { n: 2 } } },
    { state: 'waiting', attempts: 0, event: { data: { n: 3 } } },
    { state: 'waiting', event: { data: { n: 4 } } },
  ]);
});

test('a replay handles a given-up event and then what waited behind it, in order', async () => {
  let isBroken = true;
  await stand.run([
    writer('identity.writer', (event) => {
      if (isBroken && numberOf(event) === 1) throw new Error('broken');
    }),
  ]);
  await stand.emit('a', 1, 3);
  await until('it is given up', async () => (await listDeadLetters(project.database, { state: 'dead' })).length === 1);
  isBroken = false;
  expect(await replayDeadLetters(project.database, { consumer: 'identity.writer' })).toBe(1);
  await stand.untilEffects('identity.writer', 3);
  expect(await stand.effects('identity.writer')).toEqual([1, 2, 3]);
  await stand.emit('a', 4);
  await stand.untilEffects('identity.writer', 4);
  expect(await listDeadLetters(project.database)).toEqual([]);
});

test('a discarded event lets those behind it go on, and a reading of the event log does not bring it back', async () => {
  const terms = writer('identity.writer', (event) => {
    if (numberOf(event) === 1) throw new Error('broken');
  });
  const first = await stand.run([terms]);
  await stand.emit('a', 1, 2);
  await until('it is given up', async () => (await listDeadLetters(project.database, { state: 'dead' })).length === 1);
  const [dead] = await listDeadLetters(project.database, { state: 'dead' });
  const which = { consumer: 'identity.writer', eventId: dead?.event.id ?? '' };
  await discardDeadLetter(project.database, which);
  await stand.untilEffects('identity.writer', 1);
  await expect(discardDeadLetter(project.database, which)).rejects.toMatchObject({
    code: 'events.dead_letter_unknown',
  });
  await first.stop();
  await stand.dropSlot();
  await stand.run([terms]);
  await stand.caughtUp('identity.writer');
  expect(await stand.effects('identity.writer')).toEqual([2]);
  expect(await listDeadLetters(project.database)).toEqual([]);
});

test('attempts outlive the process that made them', async () => {
  const tries: number[] = [];
  const failing = writer('identity.writer', (event) => {
    tries.push(numberOf(event));
    throw new Error('always');
  });
  const first = await stand.run([failing], { retry: { attempts: 3, firstMs: 300, longestMs: 300 } });
  await stand.emit('a', 1);
  await until('the first try', async () => (await listDeadLetters(project.database)).length === 1);
  await first.stop();
  await stand.run([failing]);
  await until('it is given up', async () => (await listDeadLetters(project.database, { state: 'dead' })).length === 1);
  expect(tries).toEqual([1, 1, 1]);
});

test('events whose slot was lost are handled from the event log, none twice', async () => {
  const first = await stand.run([writer('identity.writer')]);
  await stand.emit('a', 1, 5);
  await stand.untilEffects('identity.writer', 5);
  await first.stop();
  await stand.emit('a', 6, 10);
  await stand.dropSlot();
  await stand.emit('a', 11, 15);
  await stand.run([writer('identity.writer')]);
  await stand.emit('a', 16, 20);
  await stand.untilEffects('identity.writer', 20);
  expect(await stand.effects('identity.writer')).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
  expect(observed.filter(({ kind }) => kind === 'stream.gap')).toHaveLength(2);
  await stand.caughtUp('identity.writer');
});

test('a consumer that more befalls than it holds reads the rest from the event log, in order, once', async () => {
  await stand.run([writer('identity.writer')], { maxQueued: 10 });
  await stand.caughtUp('identity.writer');
  await project.sql(
    `select events.emit('app.thing.happened', 'a', jsonb_build_object('n', n)) from generate_series(1, 500) n`,
  );
  for (let n = 501; n <= 520; n += 1) await stand.emit('a', n);
  await stand.untilEffects('identity.writer', 520);
  expect(await stand.effects('identity.writer')).toEqual(Array.from({ length: 520 }, (_, index) => index + 1));
  expect(observed.filter(({ kind }) => kind === 'event.consumer-behind').length).toBeGreaterThan(1);
  await stand.caughtUp('identity.writer');
});

test('a consumer that a reading process does not know catches up when it is served again', async () => {
  const both = await stand.run([writer('identity.writer'), writer('identity.other')]);
  await stand.emit('a', 1);
  await stand.untilEffects('identity.other', 1);
  await both.stop();
  const one = await stand.run([writer('identity.writer')]);
  await stand.emit('a', 2, 3);
  await stand.untilEffects('identity.writer', 3);
  // So much was acknowledged that the log no longer holds it for the other.
  await stand.caughtUp('identity.writer');
  await one.stop();
  await stand.run([writer('identity.writer'), writer('identity.other')]);
  await stand.untilEffects('identity.other', 3);
  expect(await stand.effects('identity.other')).toEqual([1, 2, 3]);
  expect(await stand.effects('identity.writer')).toEqual([1, 2, 3]);
});

test('a consumer that hangs is cut off in its time, and another one does not notice', async () => {
  const hanging: Subscription = {
    consumer: 'identity.hanging',
    types: ['app.thing.*'],
    effects: 'outside',
    timeoutMs: 200,
    handle: () => new Promise(() => undefined),
  };
  await stand.run([hanging, writer('identity.writer')]);
  await stand.emit('a', 1, 20);
  await stand.untilEffects('identity.writer', 20);
  await until('it is given up', async () => (await listDeadLetters(project.database, { state: 'dead' })).length === 1);
});

test('what a consumer does outside of the database is remembered when it is done', async () => {
  const done: string[] = [];
  const outside: Subscription = {
    consumer: 'identity.mailer',
    types: ['app.thing.happened'],
    effects: 'outside',
    handle: async ({ id }) => void done.push(id),
  };
  const first = await stand.run([outside]);
  await stand.emit('a', 1, 3);
  await until('all three', () => done.length === 3);
  await stand.caughtUp('identity.mailer');
  await first.stop();
  await stand.dropSlot();
  await stand.run([outside]);
  await stand.caughtUp('identity.mailer');
  await stand.emit('a', 4);
  await until('the fourth', () => done.length >= 4);
  expect(new Set(done).size).toBe(done.length);
});

function emitAs(role: string, fails: boolean): Promise<string> {
  return project.database.transaction({ login: 'platform', role }, async (tx) => {
    const id = await emitEvent(tx, {
      type: 'identity.user.invited',
      subject: 'u-1',
      data: { by: 'u-2' },
      aggregateversion: 7,
      correlationid: 'c-1',
    });
    if (fails) throw new Error('changed its mind');
    return id;
  });
}

test('a use case emits in its transaction, as the role its types belong to', async () => {
  const seen: DomainEvent[] = [];
  await stand.run([
    {
      consumer: 'identity.watcher',
      types: ['identity.*'],
      effects: 'outside',
      handle: async (event) => void seen.push(event),
    },
  ]);
  await expect(emitAs('control', false)).rejects.toMatchObject({ code: '42501' });
  await expect(emitAs('identity', true)).rejects.toThrow('changed its mind');
  const id = await emitAs('identity', false);
  await until('the event', () => seen.length > 0);
  expect(seen).toMatchObject([{ id, subject: 'u-1', data: { by: 'u-2' }, aggregateversion: 7, causationid: null }]);
});

test('API roles see and change nothing of deliveries', async () => {
  for (const role of ['anon', 'authenticated', 'service_role']) {
    for (const text of [
      'select from events.inbox',
      'select from events.dead_letters',
      'select from events.consumers',
      'select from events.log',
      `select events.take('a.b', gen_random_uuid(), now(), 'a', false)`,
      `select events.retake('a.b', gen_random_uuid(), now(), 'a')`,
      `select events.ensure_day('log', current_date)`,
      `select pg_logical_emit_message(true, 'events.retry', 'x')`,
      `select nextval('events.log_seq')`,
    ]) {
      const call = project.database.call({
        login: 'authenticator',
        role,
        settings: [],
        readOnly: false,
        connection: 'own',
        statement: { text, values: [] },
      });
      await expect(call, `${role}: ${text}`).rejects.toMatchObject({ code: '42501' });
    }
  }
});

test.each([
  ['[]', '22023'],
  ['{"aggregateversion": "x"}', '22P02'],
  ['{"id": "mine"}', '22023'],
  [`{"causationid": "${'x'.repeat(5000)}"}`, '54000'],
])('an envelope that is none is refused, case %#', async (envelope, code) => {
  await expect(project.sql(`select events.emit('app.a.b', 's', '{}', $1)`, [envelope])).rejects.toMatchObject({ code });
});

test.each([
  [[{ ...writerTerms(), consumer: 'Bad Name' }]],
  [[{ ...writerTerms(), types: [] }]],
  [[{ ...writerTerms(), types: ['*.placed'] }]],
  [[writerTerms(), writerTerms()]],
])('subscriptions nobody could serve are refused, case %#', (subscriptions: readonly Subscription[]) => {
  const stream = createLogStream({ project: 'x', access: project.cluster.admin('x'), observe: () => undefined });
  expect(() =>
    deliverEvents({ project: 'x', database: project.database, stream, subscriptions, observe: () => undefined }),
  ).toThrow(expect.objectContaining({ code: 'events.subscription_invalid' }));
});

function writerTerms(): Subscription {
  return writer('identity.writer');
}
