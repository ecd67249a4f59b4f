import { z } from 'zod';
import { type HttpPayload, JobRequest, name, type SqlPayload } from './job-request.ts';

/** What a schedule is made of, without its name. */
export interface ScheduleRequest {
  readonly schedule: string;
  readonly timeZone: string;
  readonly task: 'http' | 'sql';
  readonly payload: HttpPayload | SqlPayload;
  readonly missed: 'skip' | 'once' | 'all';
  readonly overlap: 'skip' | 'allow';
  readonly active: boolean;
  /** Of its jobs, as they were given. */
  readonly options: Readonly<Record<string, unknown>>;
}

const OPTIONS = ['queue', 'lane', 'priority', 'maxAttempts', 'backoffSeconds', 'timeoutSeconds'] as const;

const Outer = z.strictObject({
  schedule: z.string().min(1).max(200),
  timeZone: name(100).default('UTC'),
  task: z.enum(['http', 'sql']),
  payload: z.unknown(),
  missed: z.enum(['skip', 'once', 'all']).default('once'),
  overlap: z.enum(['skip', 'allow']).default('skip'),
  active: z.boolean().default(true),
  queue: z.unknown().optional(),
  lane: z.unknown().optional(),
  priority: z.unknown().optional(),
  maxAttempts: z.unknown().optional(),
  backoffSeconds: z.unknown().optional(),
  timeoutSeconds: z.unknown().optional(),
});

export const ScheduleRequest: z.ZodType<ScheduleRequest> = Outer.transform((given, context) => {
  const { schedule, timeZone, task, payload, missed, overlap, active } = given;
  const options = Object.fromEntries(
    OPTIONS.flatMap((option) => (given[option] === undefined ? [] : [[option, given[option]]])),
  );
  const job = JobRequest.safeParse({ ...options, task, payload });
  if (!job.success) {
    for (const { path, message } of job.error.issues) context.addIssue({ code: 'custom', path: [...path], message });
    return z.NEVER;
  }
  return { schedule, timeZone, task, payload: job.data.payload, missed, overlap, active, options };
});
