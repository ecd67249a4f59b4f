import { DEFAULT_BACKOFF_MS, DEFAULT_TIMEOUT_MS, newJobId, type NewJob } from './new-job.ts';
import type { ScheduleDefinition } from './schedule-definition.ts';

const DEFAULT_ATTEMPTS = 3;

/** The job of a schedule for one of its times. */
export function scheduledJob(project: string, definition: ScheduleDefinition, at: Date): NewJob {
  const { name, task, payload, options, overlap, authority } = definition;
  const number = (member: string): number | undefined => {
    const value = options[member];
    return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
  };
  const text = (member: string): string | undefined => {
    const value = options[member];
    return typeof value === 'string' ? value : undefined;
  };
  const seconds = (member: string): number | undefined => {
    const value = number(member);
    return value === undefined ? undefined : Math.round(value * 1_000);
  };
  return {
    id: newJobId(),
    project,
    queue: text('queue') ?? 'default',
    task,
    payload,
    repeat: 'keep',
    // Several runs that were missed are made at once, and must not run at once.
    lane: text('lane') ?? (overlap === 'skip' ? `schedule ${name}` : undefined),
    priority: number('priority'),
    maxAttempts: number('maxAttempts') ?? DEFAULT_ATTEMPTS,
    backoffMs: seconds('backoffSeconds') ?? DEFAULT_BACKOFF_MS,
    timeoutMs: seconds('timeoutSeconds') ?? DEFAULT_TIMEOUT_MS,
    authority,
    schedule: name,
    scheduledFor: at.toISOString(),
  };
}
