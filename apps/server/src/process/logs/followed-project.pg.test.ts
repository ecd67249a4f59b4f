import {
  createSessions,
  type LogBatch,
  type ProjectDatabase,
  type Sessions,
  type Subscription,
} from '@ashlar/postgres';
import { createTestProject, type TestProject } from '@ashlar/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FollowedProject } from './followed-project.ts';

const PATIENCE = { timeout: 20_000 };

const IDLE: Subscription = {
  consumer: 'identity.test',
  types: ['app.*'],
  effects: 'outside',
  handle: () => Promise.resolve(),
};

let project: TestProject;
let followed: FollowedProject[];
let sessions: Sessions[];
let handled: string[];
beforeEach(async () => {
  project = await createTestProject();
  followed = [];
  sessions = [];
  handled = [];
  await project.sql('set synchronous_commit = on');
});
afterEach(async () => {
  await Promise.all(followed.map((one) => one.leave()));
  await Promise.all(sessions.map((one) => one.close()));
  await project.close();
});

/** Each process has connections of its own, and its own idea of when they were used. */
function processDatabase(): ProjectDatabase {
  const own = createSessions({ observe: () => undefined });
  sessions.push(own);
  return own.project(project.target);
}

function createFollowed(): FollowedProject {
  const one = new FollowedProject({
    ref: project.ref,
    access: project.cluster.admin(project.target.database),
    observe: () => undefined,
    feed: null,
    onForeign: () => undefined,
    onStandby: () => undefined,
    onStarting: () => undefined,
    onUnheard: () => undefined,
  });
  followed.push(one);
  return one;
}

/** As one process follows it, with a listener that writes down the numbers of the events it hears. */
function follow(name: string): {
  readonly one: FollowedProject;
  readonly heard: unknown[];
  readonly starts: unknown[];
} {
  const one = createFollowed();
  const subscription: Subscription = {
    consumer: 'identity.test',
    types: ['app.thing.*'],
    effects: 'outside',
    handle: async ({ data }) => void handled.push(`${name} ${String(data['n'])}`),
  };
  const heard: unknown[] = [];
  const starts: unknown[] = [];
  one.wake({ database: processDatabase(), subscriptions: [subscription] });
  one.listen({
    name,
    onStart: (start) => void starts.push(start),
    onBatch: (batch: LogBatch) => void heard.push(...batch.events.map(({ event }) => event.data['n'])),
  });
  return { one, heard, starts };
}

const emit = (n: number): Promise<unknown> =>
  project.sql(`select events.emit('app.thing.happened', 's', jsonb_build_object('n', $1::int))`, [n]);

const slots = async (): Promise<unknown> => {
  const [row] = await project.sql(
    `select count(*) filter (where temporary)::int as passing, count(*) filter (where not temporary)::int as durable
       from pg_replication_slots where database = current_database()`,
  );
  return row;
};

test('listeners of every process hear what is committed, though one reads it for the deliveries', async () => {
  const first = follow('first');
  await expect.poll(() => first.starts.length, PATIENCE).toBeGreaterThan(0);
  await expect.poll(slots, PATIENCE).toEqual({ passing: 0, durable: 1 });
  const second = follow('second');
  // The reader, who stands by, and the stream of the latter's listeners.
  await expect.poll(company, PATIENCE).toBe(3);
  await expect.poll(slots, PATIENCE).toEqual({ passing: 1, durable: 1 });
  await emit(1);
  await expect.poll(() => [first.heard, second.heard], PATIENCE).toEqual([[1], [1]]);
  await expect.poll(() => handled, PATIENCE).toEqual(['first 1']);

  // The other one takes over, and its listener moves with it.
  await first.one.leave();
  const before = second.starts.length;
  await expect.poll(slots, PATIENCE).toEqual({ passing: 0, durable: 1 });
  await expect.poll(() => second.starts.length, PATIENCE).toBeGreaterThan(before);
  await emit(2);
  await expect.poll(() => second.heard, PATIENCE).toEqual([1, 2]);
  await expect.poll(() => handled, PATIENCE).toEqual(['first 1', 'second 2']);
});

test('a project that somebody listens to does not rest, and one without does when nothing is left to do', async () => {
  const { one, starts } = follow('only');
  await expect.poll(() => starts.length, PATIENCE).toBeGreaterThan(0);
  await emit(1);
  await expect.poll(() => handled, PATIENCE).toEqual(['only 1']);
  await one.rest(0);
  expect(await slots()).toEqual({ passing: 0, durable: 1 });
  expect(one.isDelivering).toBe(true);
});

/** As one process follows it to which nobody listens. */
const quiet = (): FollowedProject => {
  const one = createFollowed();
  one.wake({ database: processDatabase(), subscriptions: [IDLE] });
  return one;
};

const company = async (): Promise<number> =>
  (await project.sql(`select from pg_stat_activity where datname = current_database() and backend_type = 'walsender'`))
    .length;

const restOf = (one: FollowedProject) => async (): Promise<boolean> => {
  await one.rest(0);
  return !one.isDelivering;
};

test('the last process that follows a project gives its slot back, and not one before it', async () => {
  const [first, second] = [quiet(), quiet()];
  await expect.poll(company, PATIENCE).toBe(2);
  await expect.poll(slots, PATIENCE).toEqual({ passing: 0, durable: 1 });
  await expect.poll(restOf(first), PATIENCE).toBe(true);
  await expect.poll(slots, PATIENCE).toEqual({ passing: 0, durable: 1 });
  await expect.poll(restOf(second), PATIENCE).toBe(true);
  expect(await slots()).toEqual({ passing: 0, durable: 0 });
});
