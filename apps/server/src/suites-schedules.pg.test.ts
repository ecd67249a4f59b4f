import { addSuite, createSuitesService, createUseCases, removeSuite, suitesContract } from '@ashlar/handlers';
import { identityContract } from '@ashlar/identity';
import { createOutbound } from '@ashlar/outbound';
import { createScheduler, createSchedulerService, type Scheduler, schedulerContract } from '@ashlar/scheduler';
import type { Project, Projects, Service } from '@ashlar/service';
import { inventory } from '@ashlar/suite-inventory';
import { ignoreObservations as observe } from '@ashlar/telemetry';
import {
  createTestProject,
  startTestCluster,
  type TestCluster,
  type TestProject,
  testProjectSettings,
} from '@ashlar/testing';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';

let running: TestCluster;
let fixture: TestProject;
let control: Client;
let now = new Date('2030-05-06T02:29:30Z');

/** What each of several processes on one server has: jobs, their clock, and what suites do. */
interface Process {
  readonly scheduler: Scheduler;
  readonly clock: Service;
  wind(): void;
}
const processes: Process[] = [];

const suites = [inventory];
const owners = [identityContract, schedulerContract, suitesContract(suites)].flatMap(({ schema }) => schema ?? []);

let project: Project;
const projects: Projects = { peek: () => project, wake: async () => project };

function startProcess(): Process {
  const listeners: (() => void)[] = [];
  const scheduler = createScheduler({ cluster: { ...running.cluster, kind: 'external' as const }, observe });
  const clock = createSchedulerService({
    observe,
    scheduler: { pool: scheduler.pool, onSchedules: (listen) => void listeners.push(listen) },
    outbound: createOutbound({ observe }),
    projects,
    targetOf: async () => fixture.target,
    now: () => now,
  });
  const doings = createSuitesService({
    useCases: createUseCases({ suites }),
    projects,
    jobs: scheduler.queue,
    observe,
  });
  scheduler.start(doings.tasks ?? []);
  return { scheduler, clock, wind: () => listeners.forEach((listen) => listen()) };
}

beforeAll(async () => {
  running = await startTestCluster();
  const { cluster } = running;
  fixture = await createTestProject({ owners, cluster });
  const keys = {
    jwtSecret: '',
    anonKey: '',
    serviceRoleKey: '',
    publishableKeys: [],
    secretKeys: [],
    signingKey: null,
    verifyKeys: [],
  };
  project = { ref: fixture.ref, version: 1, keys, database: fixture.database, settings: testProjectSettings() };
  control = new Client(cluster.admin(cluster.control.database));
  await control.connect();
  await fixture.sql(`insert into auth.organisations (slug, name) values ('second', '{"en": "Second"}')`);
  await fixture.sql(
    `insert into auth.organisations (slug, name, status) values ('asleep', '{"en": "Asleep"}', 'suspended')`,
  );
  processes.push(startProcess(), startProcess(), startProcess());
});
afterAll(async () => {
  for (const { clock, scheduler } of processes) {
    await clock.close();
    await scheduler.close();
  }
  await control?.end();
  await fixture?.close();
  await running?.close();
});

/** As each process does with a project it wakes, and with news of its schedules. */
const hear = (): void => processes.forEach(({ clock }) => void clock.subscriptions?.(project));

const known = async () =>
  (
    await control.query<{ name: string }>('select name from scheduler.schedules where project = $1 order by name', [
      fixture.ref,
    ])
  ).rows.map(({ name }) => name);

async function passTo(moment: string): Promise<void> {
  now = new Date(moment);
  for (const { wind } of processes) wind();
  const unfinished = async () => {
    const { rows } = await control.query(
      `select name from scheduler.schedules where next_at <= $1
       union all select schedule from scheduler.jobs where state in ('scheduled', 'waiting', 'running')`,
      [now],
    );
    return rows;
  };
  await expect.poll(unfinished, { timeout: 30_000 }).toEqual([]);
}

const jobsOf = async (schedule: string) =>
  (
    await control.query<{ state: string; result: unknown; errors: readonly { readonly message: string }[] }>(
      'select state, result, errors from scheduler.jobs where schedule = $1 order by scheduled_for',
      [schedule],
    )
  ).rows;
const audited = (useCase: string) =>
  fixture.sql(
    `select o.slug, a.via, a.actor_kind from suites.audit a join auth.organisations o on o.id = a.org_id
     where a.use_case = $1 order by o.slug`,
    [useCase],
  );

test('the schedules of a suite are kept once per due time and active organisation, by whichever process', async () => {
  await addSuite({ host: running.cluster, observe }, fixture.ref, inventory);
  hear();
  await expect.poll(known, { timeout: 30_000 }).toEqual(['inventory.nightly-check', 'inventory.sweep-holds']);

  await passTo('2030-05-06T02:30:00Z');
  expect(await jobsOf('inventory.nightly-check')).toMatchObject([{ state: 'succeeded', result: { organisations: 2 } }]);
  const bySystem = { via: 'schedule', actor_kind: 'system' };
  expect(await audited('inventory.check-stock')).toEqual([
    { slug: 'default', ...bySystem },
    { slug: 'second', ...bySystem },
  ]);
  // What found nothing to do every minute leaves no rows behind.
  expect(await jobsOf('inventory.sweep-holds')).toMatchObject([{ state: 'succeeded', result: { organisations: 2 } }]);
  expect(await audited('inventory.expire-holds')).toEqual([]);
});

test('a check that finds a drift is a failed job that says where', async () => {
  await fixture.sql(
    `set session_replication_role = replica;
     insert into inventory.number_series (org_id, kind, branch, fiscal_year, next_number)
     select id, 'receipt', 'main', 2030, 5 from auth.organisations where slug = 'second';
     set session_replication_role = origin`,
  );
  await passTo('2030-05-07T02:30:00Z');
  const [, second, ...more] = await jobsOf('inventory.nightly-check');
  expect(more).toEqual([]);
  expect(second).toMatchObject({ state: 'failed' });
  expect(second?.errors[0]?.message).toMatch(/^1 of 2 organisations need a look\n.*1 drifts.*numbers have no gaps/);
  expect(await audited('inventory.check-stock')).toHaveLength(4);
});

test('schedules are gone with their suite, and come back with it', async () => {
  await removeSuite({ host: running.cluster, observe }, fixture.ref, inventory, { withData: false });
  // A time that was due before anybody heard does nothing.
  await passTo('2030-05-08T02:30:00Z');
  expect((await jobsOf('inventory.nightly-check')).at(-1)).toMatchObject({
    state: 'succeeded',
    result: { organisations: 0 },
  });
  hear();
  await expect.poll(known, { timeout: 30_000 }).toEqual([]);
  expect(await audited('inventory.check-stock')).toHaveLength(4);
  await addSuite({ host: running.cluster, observe }, fixture.ref, inventory);
  hear();
  await expect.poll(known, { timeout: 30_000 }).toHaveLength(2);
});

/** As the project's owner. */
const asked = (text: string) =>
  fixture.database.transaction({ login: 'owner', role: 'postgres' }, (tx) => tx.query(text));

test('whoever writes SQL cannot ask for the task of a schedule', async () => {
  await expect(asked(`select jobs.enqueue('suite.schedule', '{}')`)).rejects.toThrow();
  await expect(asked(`select jobs.schedule('x', '@daily', 'suite.schedule')`)).rejects.toThrow();
  await expect(asked(`select jobs.set_suite_schedules('inventory', '[]')`)).rejects.toThrow(/permission denied/);
});
