import { AshlarError } from '@ashlar/kernel';
import type { Outbound } from '@ashlar/outbound';
import type { DatabaseTarget, Subscription } from '@ashlar/postgres';
import { doorFailureOf, sendRendered, type Project, type Projects, type Service } from '@ashlar/service';
import type { Observe } from '@ashlar/telemetry';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { createJobStore } from './adapters/job-store.ts';
import { createScheduleStore } from './adapters/schedule-store.ts';
import { createScheduleClock } from './application/schedule-clock.ts';
import { SCHEDULE_CHANGED, syncSchedules } from './application/sync-schedules.ts';
import { ENQUEUED, takeEnqueued } from './application/take-enqueued.ts';
import { schedulerContract } from './contract.ts';
import type { Scheduler } from './create-scheduler.ts';
import { addJobRoutes } from './routes/job-routes.ts';
import { renderDoorFailure, renderError } from './routes/render-problem.ts';
import { addScheduleRoutes } from './routes/schedule-routes.ts';
import { schedulerErrors } from './scheduler-errors.ts';
import { httpTask, signingSecret } from './tasks/http-task.ts';
import { sqlTask } from './tasks/sql-task.ts';

export interface SchedulerServiceOptions {
  readonly observe: Observe;
  /** Of this process. */
  readonly scheduler: Pick<Scheduler, 'pool' | 'onSchedules'>;
  readonly outbound: Outbound;
  readonly projects: Projects;
  /** Where a project's database is, with its logins; null: there is no such project. */
  readonly targetOf: (ref: string) => Promise<DatabaseTarget | null>;
  readonly now?: () => Date;
}

/** Events that become jobs in one transaction. */
const MAX_BATCH = 200;
const SERVICE_ROLE = 'service_role';

/** Jobs and schedules of projects: their API, what they do, and what SQL asks for. */
export function createSchedulerService(options: SchedulerServiceOptions): Service {
  const { observe, scheduler, outbound, projects, targetOf, now = () => new Date() } = options;
  const opened = (): ReturnType<Scheduler['pool']> => scheduler.pool();
  const clock = createScheduleClock({ opened, observe, now });
  const syncing = new Set<Promise<void>>();
  scheduler.onSchedules(() => clock.wind());

  /** What changed while nobody listened, as in a restored database. */
  function reconcile(project: Project): void {
    const work = opened()
      .then((pool) => syncSchedules(pool, project, now()))
      .catch((error: unknown) => observe({ kind: 'jobs.interrupted', error, retryInMs: 0 }))
      .finally(() => syncing.delete(work));
    syncing.add(work);
  }

  function subscriptions(project: Project): readonly Subscription[] {
    reconcile(project);
    return [
      {
        consumer: 'scheduler.jobs',
        types: [ENQUEUED],
        effects: 'outside',
        maxBatch: MAX_BATCH,
        handleBatch: async (events) => takeEnqueued(await opened(), project.ref, events),
      },
      {
        consumer: 'scheduler.schedules',
        types: [SCHEDULE_CHANGED],
        effects: 'outside',
        maxBatch: MAX_BATCH,
        handleBatch: async () => syncSchedules(await opened(), project, now()),
      },
    ];
  }

  return {
    contract: schedulerContract,
    tasks: [httpTask({ outbound, projects }), sqlTask({ projects, targetOf })],
    subscriptions,
    routes: (app) => {
      app.setErrorHandler((error, request, reply) => answerError(error, request, reply, observe));
      app.addHook('onRequest', refuseOthers);
      addJobRoutes(app, createJobStore(opened));
      addScheduleRoutes(app, createScheduleStore(opened, now));
      app.get('/signing-secret', async ({ ashlar }) => ({ secret: signingSecret(ashlar.project.keys) }));
    },
    async close() {
      await clock.close();
      await Promise.all(syncing);
    },
  };
}

async function refuseOthers({ ashlar }: FastifyRequest): Promise<void> {
  const { role } = ashlar.caller;
  if (role !== SERVICE_ROLE) throw schedulerErrors.forbidden({ role });
}

function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply, observe: Observe): FastifyReply {
  const failure = error instanceof AshlarError && error.kind !== 'internal' ? null : doorFailureOf(error);
  if (failure === null) return sendRendered(reply, renderError(error));
  if (failure.kind === 'internal') {
    const { requestId, trace } = request.ashlar;
    observe({ kind: 'request.failed', requestId, traceId: trace.traceId, service: schedulerContract.name, error });
  }
  return sendRendered(reply, renderDoorFailure(failure));
}
