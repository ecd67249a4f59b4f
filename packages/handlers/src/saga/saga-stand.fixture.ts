import { randomUUID } from 'node:crypto';
import { type DomainEvent, must } from '@ashlar/kernel';
import type { Job, JobRun, Project, Projects } from '@ashlar/service';
import { createSuiteProject, SECRET_KEY, type SuiteProject, testProjectSettings } from '@ashlar/testing';
import { ignoreObservations } from '@ashlar/telemetry';
import { courier, placeOrder, receivePayment } from '../courier.fixture.ts';
import { depot } from '../depot.fixture.ts';
import type { SagaCall } from './saga-desk.ts';
import { createSuitesService } from '../suites-service.ts';
import { listSagas, showSaga } from './read-sagas.ts';
import type { SagaDetail } from './saga-answers.ts';
import { sagaRegistry } from './saga-registry.ts';
import { SAGA_TASK, sagaJob } from './saga-task.ts';
import { type SagaSteering, steerSaga } from './steer-saga.ts';

/** A project with sagas in which a test decides which event is told when, and when jobs are done. */
export interface SagaStand extends AsyncDisposable {
  readonly project: SuiteProject;
  /** The events of these deliveries, in the order they were emitted; they are told to nobody yet. */
  emit(delivery: string, ...what: readonly ('placed' | 'paid')[]): Promise<readonly DomainEvent[]>;
  /** As the delivery of events does, once for each. */
  tell(events: readonly DomainEvent[]): Promise<void>;
  /** Does all jobs that are due, and those they leave; time goes on to each that is not. @param untilMs At most so far. */
  work(untilMs?: number): Promise<void>;
  /** Passes time. */
  pass(ms: number): void;
  find(delivery: string): Promise<SagaDetail | null>;
  steer(delivery: string, steering: SagaSteering, call?: Partial<SagaCall>): Promise<SagaDetail>;
  call(more?: Partial<SagaCall>): SagaCall;
  /** What was done for a delivery, in order. */
  acts(delivery: string): Promise<readonly string[]>;
  mood(act: string, mood: 'refuse' | 'busy' | null): Promise<void>;
  /** Jobs that wait. */
  readonly jobs: readonly Job[];
}

export const RETRY = { attempts: 3, firstMs: 1_000, longestMs: 10_000 };
export const registry = sagaRegistry([courier]);

const titles = (name: string) => registry.find(name).title;

export async function createSagaStand(): Promise<SagaStand> {
  const project = await createSuiteProject({ suites: [depot, courier] });
  const jobs: Job[] = [];
  let passedMs = 0;
  const now = (): Date => new Date(Date.now() + passedMs);
  const { database, ref } = project.test;
  const keys = { jwtSecret: '', anonKey: '', serviceRoleKey: '', publishableKeys: [], secretKeys: [] };
  const woken: Project = {
    ref,
    version: 1,
    keys: { ...keys, signingKey: null, verifyKeys: [] },
    database,
    settings: testProjectSettings(),
  };
  const projects: Projects = { peek: () => woken, wake: async () => woken };
  const service = createSuitesService({
    useCases: project.useCases,
    projects,
    // As the scheduler keeps them: one of a key at a time.
    jobs: { add: async (added) => void jobs.push(...added.filter((job) => !jobs.some(({ key }) => key === job.key))) },
    observe: ignoreObservations,
    sagaRetry: RETRY,
    now,
  });
  const task = must(
    service.tasks?.find(({ name }) => name === SAGA_TASK),
    'the task of sagas',
  );
  const subscription = must(
    service.subscriptions?.(woken).find(({ consumer }) => consumer === 'courier.delivery'),
    'the subscription of the saga',
  );
  const run: JobRun = {
    id: randomUUID(),
    project: ref,
    authority: 'service_role',
    schedule: null,
    attempt: 1,
    maxAttempts: 12,
    signal: new AbortController().signal,
    progress: () => undefined,
    step: (_name, part) => part(),
  };
  const call: SagaStand['call'] = (more) => ({
    database,
    caller: SECRET_KEY,
    via: 'test',
    requestId: randomUUID(),
    ...more,
  });
  const find: SagaStand['find'] = async (delivery) => {
    const [saga] = await listSagas(call(), { key: delivery, limit: 1 }, titles);
    return saga === undefined ? null : showSaga(call(), saga.id, titles);
  };
  return {
    project,
    jobs,
    async emit(delivery, ...what) {
      for (const one of what) await project.call(one === 'placed' ? placeOrder : receivePayment, { delivery });
      return project.test.sql<DomainEvent & Record<string, unknown>>(
        `select '1.0' as specversion, id, source, type, subject, to_json(time) #>> '{}' as time, dataschema, data,
           org as orgid, aggregateversion::int, actor, causationid, correlationid, traceparent
         from events.log where data ->> 'delivery' = $1 and type <> 'courier.act.done' order by seq`,
        [delivery],
      );
    },
    async tell(events) {
      if (!('handle' in subscription) || subscription.effects !== 'outside') throw new Error('It takes batches');
      for (const event of events) await subscription.handle(event, { signal: run.signal });
    },
    async work(untilMs = 0) {
      const until = now().getTime() + untilMs;
      for (;;) {
        jobs.sort((a, b) => (a.runAt?.getTime() ?? 0) - (b.runAt?.getTime() ?? 0));
        const dueAt = jobs[0]?.runAt?.getTime() ?? 0;
        const job = dueAt <= until ? jobs.shift() : undefined;
        if (job === undefined) return;
        passedMs += Math.max(0, dueAt - now().getTime());
        await task.run(job.payload, run);
      }
    },
    pass: (ms) => void (passedMs += ms),
    find,
    async steer(delivery, steering, more) {
      const saga = must(await find(delivery), 'the saga');
      const detail = await steerSaga(call(more), saga.id, steering, registry);
      jobs.push(sagaJob(ref, saga.id, randomUUID()));
      return detail;
    },
    call,
    async acts(delivery) {
      const rows = await project.test.sql<{ act: string }>(
        'select act from courier.acts where delivery = $1 order by at',
        [delivery],
      );
      return rows.map((row) => row.act);
    },
    async mood(what, mood) {
      await project.test.sql('delete from courier.moods where act = $1', [what]);
      if (mood === null) return;
      await project.test.sql(
        `insert into courier.moods (org_id, act, mood) values ('00000000-0000-0000-0000-000000000001', $1, $2)`,
        [what, mood],
      );
    },
    [Symbol.asyncDispose]: async () => {
      await service.close();
      await project[Symbol.asyncDispose]();
    },
  };
}
