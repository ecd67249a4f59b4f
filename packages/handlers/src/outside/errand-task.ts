import { AshlarError, commonErrors, type ErrandOrder, type Suite, type SuiteErrand } from '@ashlar/kernel';
import type { Subscription } from '@ashlar/postgres';
import { type Job, type JobQueue, JobRejection, type Projects, type Task } from '@ashlar/service';
import { z } from 'zod';
import type { UseCases } from '../runtime/create-use-cases.ts';
import { type Outside, outsideContext } from './outside-context.ts';

const ERRAND_TASK = 'suite.errand';
const QUEUE = 'suites';
/** The organisation of an event that names none. */
const DEFAULT_ORGANISATION = '00000000-0000-0000-0000-000000000001';
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

const Payload = z.strictObject({
  errand: z.string().max(200),
  orgId: z.string().regex(UUID),
  key: z.string().max(300),
  lane: z.string().max(300).optional(),
  about: z.record(z.string(), z.json()),
  turn: z.int().min(0),
});

export interface ErrandJob {
  readonly errand: string;
  readonly orgId: string;
  readonly project: string;
  readonly order: ErrandOrder;
  readonly turn?: number;
  readonly runAt?: Date;
}

/** The job of one turn; turns of one errand are jobs of their own, so that a restart forgets none of them. */
export function errandJob({ errand, orgId, project, order, turn = 0, runAt }: ErrandJob): Job {
  const { key, lane, about } = order;
  return {
    task: ERRAND_TASK,
    payload: { errand, orgId, key, ...(lane === undefined ? {} : { lane }), about, turn },
    key: `${ERRAND_TASK} ${errand} ${orgId} ${key} ${turn}`,
    repeat: 'keep',
    lane: `${errand.split('.', 1)[0]} ${lane ?? key}`,
    project,
    queue: QUEUE,
    ...(runAt === undefined ? {} : { runAt }),
  };
}

/** What a project's events begin: the job is left first, and only then counts the event as handled. */
export function errandSubscriptions(suite: Suite, jobs: JobQueue, project: string): readonly Subscription[] {
  return suite.errands
    .filter(({ types }) => types.length > 0)
    .map(({ name, types, of }) => ({
      consumer: name,
      types,
      // Jobs are in another database; their keys tell what was left before.
      effects: 'outside',
      async handle(event) {
        const orgId = event.orgid ?? DEFAULT_ORGANISATION;
        const order = of(event);
        // Whoever may sign tokens of their own may name what is no organisation.
        if (order !== null && UUID.test(orgId)) await jobs.add([errandJob({ errand: name, orgId, project, order })]);
      },
    }));
}

export interface ErrandTaskOptions {
  readonly useCases: UseCases;
  readonly projects: Projects;
  readonly jobs: JobQueue;
  readonly outside: Outside;
  readonly now: () => Date;
}

/** Does one turn of an errand, and leaves the job of the next. */
export function errandTask({ useCases, projects, jobs, outside, now }: ErrandTaskOptions): Task {
  const known = new Map<string, { readonly suite: Suite; readonly errand: SuiteErrand }>(
    useCases.suites.flatMap((suite) => suite.errands.map((errand) => [errand.name, { suite, errand }] as const)),
  );
  return {
    name: ERRAND_TASK,
    async run(payload, { id, project: ref, signal }) {
      const parsed = Payload.safeParse(payload);
      if (!parsed.success) throw new JobRejection('The job was told something else than an errand');
      const { errand: name, orgId, key, lane, about, turn } = parsed.data;
      const found = known.get(name);
      if (found === undefined) throw new JobRejection(`This version of the program has no errand ${name}`);
      const project = await projects.wake(ref);
      if (project === undefined) throw new JobRejection('The project is gone');
      const parts = { suite: found.suite, useCases, outside, now };
      try {
        const context = await outsideContext(parts, { project, orgId, requestId: id, via: 'job', signal });
        const runAt = await found.errand.run(about, turn, context);
        if (runAt === null) return { again: null };
        const order = { key, ...(lane === undefined ? {} : { lane }), about };
        await jobs.add([errandJob({ errand: name, orgId, project: ref, order, turn: turn + 1, runAt })]);
        return { again: runAt.toISOString() };
      } catch (error) {
        // A suite that was taken away meanwhile has nothing left to see to. Any other refusal nobody is there to hear:
        // what was done outside stays done, so that it is told again, as when a month is closed and opened anew.
        if (error instanceof AshlarError && error.code === commonErrors.suiteNotInstalled.code) return { again: null };
        throw error;
      }
    },
  };
}
