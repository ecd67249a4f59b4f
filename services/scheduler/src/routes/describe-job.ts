import type { StepRow } from '../adapters/job-store.ts';
import type { JobRow } from '../domain/job-row.ts';

const iso = (at: Date | null): string | null => at?.toISOString() ?? null;

/** A job as the API shows it. */
export function describeJob(job: JobRow): Record<string, unknown> {
  return {
    id: job.id,
    state: job.state,
    task: job.task,
    queue: job.queue,
    key: job.key,
    lane: job.lane,
    priority: job.priority,
    payload: job.payload,
    runAt: iso(job.run_at),
    deadline: iso(job.deadline),
    attempts: job.attempts,
    maxAttempts: job.max_attempts,
    backoffSeconds: job.backoff_ms / 1_000,
    timeoutSeconds: job.timeout_ms / 1_000,
    cancelRequested: job.cancel_requested,
    progress: job.progress,
    result: job.result,
    errors: job.errors,
    schedule: job.schedule,
    scheduledFor: iso(job.scheduled_for),
    createdAt: iso(job.created_at),
    startedAt: iso(job.started_at),
    finishedAt: iso(job.finished_at),
  };
}

export function describeStep({ name, result, finished_at: finishedAt }: StepRow): Record<string, unknown> {
  return { name, result, finishedAt: iso(finishedAt) };
}
