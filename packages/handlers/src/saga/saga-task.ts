import type { ProjectDatabase } from '@ashlar/postgres';
import { type Job, type JobQueue, JobRejection, type Projects, type Task } from '@ashlar/service';
import type { Observe } from '@ashlar/telemetry';
import { z } from 'zod';
import type { UseCases } from '../runtime/create-use-cases.ts';
import { advanceSaga } from './advance-saga.ts';
import { openTask } from './plan-work.ts';
import type { SagaRegistry } from './saga-registry.ts';
import { sagaTransaction } from './saga-transaction.ts';
import { DEFAULT_STEP_RETRY, type StepRetry } from './step-outcome.ts';

const Payload = z.strictObject({ saga: z.uuid() });

export const SAGA_TASK = 'suite.saga';
const QUEUE = 'suites';
/** Of a job whose saga itself is at fault, or whose database is away; a failing step is tried again by other jobs. */
const ATTEMPTS = 12;
/** Until it is looked whether a database that was away for all of them is back. */
const AWAY_MS = 300_000;

/**
 * A job that looks at an instance.
 *
 * @param cause What it has to be looked at for: one that runs has perhaps not seen it, so each has a job of its own.
 */
export function sagaJob(project: string, sagaId: string, cause: string, runAt?: Date): Job {
  return {
    task: SAGA_TASK,
    payload: { saga: sagaId },
    key: `${SAGA_TASK} ${sagaId} ${cause}`,
    repeat: 'keep',
    // One at a time, although more would do no harm.
    lane: sagaId,
    project,
    queue: QUEUE,
    maxAttempts: ATTEMPTS,
    ...(runAt === undefined ? {} : { runAt }),
  };
}

/** A job that looks at an instance when that time has come. */
export function wakeJob(project: string, sagaId: string, at: Date): Job {
  return sagaJob(project, sagaId, `at ${at.toISOString()}`, at);
}

export interface SagaTaskOptions {
  readonly registry: SagaRegistry;
  readonly useCases: UseCases;
  readonly projects: Projects;
  readonly jobs: JobQueue;
  readonly observe: Observe;
  readonly retry?: StepRetry | undefined;
  readonly now?: (() => Date) | undefined;
}

/** Advances an instance; leaves a job for each time at which it has to be looked at again. */
export function sagaTask(options: SagaTaskOptions): Task {
  const { registry, useCases, projects, jobs, observe, retry = DEFAULT_STEP_RETRY, now = () => new Date() } = options;
  return {
    name: SAGA_TASK,
    async run(payload, { project: ref, signal, id, attempt, maxAttempts }) {
      const parsed = Payload.safeParse(payload);
      if (!parsed.success) throw new JobRejection('The job was told something else than a saga');
      const project = await projects.wake(ref);
      if (project === undefined) throw new JobRejection('The project is gone');
      const { database } = project;
      const sagaId = parsed.data.saga;
      const onFault = (error: unknown): void =>
        observe({ kind: 'request.failed', requestId: id, traceId: '', service: SAGA_TASK, error });
      try {
        const find = registry.find;
        const wakeAt = await advanceSaga(sagaId, { database, useCases, find, retry, now, signal, onFault });
        await jobs.add(wakeAt.map((at) => wakeJob(ref, sagaId, at)));
      } catch (error) {
        signal.throwIfAborted();
        if (attempt >= maxAttempts) {
          // Where not even that can be written its database is away, and nobody else would look at it again.
          await askForHelp(database, sagaId).catch(() =>
            jobs.add([wakeJob(ref, sagaId, new Date(now().getTime() + AWAY_MS))]),
          );
        }
        throw error;
      }
    },
  };
}

async function askForHelp(database: ProjectDatabase, sagaId: string): Promise<void> {
  await sagaTransaction(database, async (tx) => {
    const { rowCount } = await tx.query(
      `update suites.sagas set status = 'needs_help', updated_at = now() where id = $1`,
      [sagaId],
    );
    if (rowCount > 0) await openTask(tx, sagaId, 'fault', 'fault', FAULT);
  });
}

const FAULT = {
  en: 'The process itself is at fault; its job says of what',
  ar: 'الخلل في العملية نفسها؛ تجد التفاصيل في مهمتها',
};
