import { z } from 'zod';
import { Instant } from './instant.ts';
import { DEFAULT_BACKOFF_MS, DEFAULT_TIMEOUT_MS, newJobId, type NewJob } from './new-job.ts';

export const MAX_PAYLOAD_BYTES = 262_144;
const DEFAULT_ATTEMPTS = 10;
const MAX_TIMEOUT_SECONDS = 3_600;
const MAX_DELAY_SECONDS = 400 * 86_400;

/** Characters a text of PostgreSQL can hold, no control characters among them. */
export const name = (most: number): z.ZodType<string> =>
  z
    .string()
    .min(1)
    .max(most)
    .refine((text) => text.isWellFormed() && !/\p{Cc}/u.test(text), 'holds control characters');

export const QueueName: z.ZodType<string> = z
  .string()
  .regex(
    /^[a-z][a-z0-9_.-]{0,62}$/,
    'is a lower-case name of at most 63 letters, digits, dots, dashes and underscores',
  );

const Seconds = z.number().min(0).max(MAX_DELAY_SECONDS);

export interface HttpPayload {
  readonly url: string;
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** A text goes as it is, anything else as JSON. */
  readonly body?: unknown;
  readonly timeoutSeconds: number;
}
export const HttpPayload: z.ZodType<HttpPayload> = z.strictObject({
  url: z.url({ protocol: /^https?$/ }).max(2_048),
  method: z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']).default('POST'),
  headers: z
    .record(
      z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$/),
      z
        .string()
        .max(4_096)
        .regex(/^[\t\x20-\x7e\x80-\xff]*$/),
    )
    .refine((headers) => Object.keys(headers).length <= 50, 'has more than 50 headers')
    .optional(),
  body: z.unknown().optional(),
  timeoutSeconds: z.number().min(1).max(300).default(30),
});

export type SqlRole = 'anon' | 'authenticated' | 'service_role' | 'postgres';
export interface FunctionPayload {
  readonly function: string;
  readonly arguments: Readonly<Record<string, unknown>>;
  readonly role?: SqlRole | undefined;
  readonly claims?: Readonly<Record<string, unknown>> | undefined;
}
export interface CommandPayload {
  readonly command: string;
  readonly role?: SqlRole | undefined;
}
export type SqlPayload = FunctionPayload | CommandPayload;

const Role = z.enum(['anon', 'authenticated', 'service_role', 'postgres']).optional();
export const SqlPayload: z.ZodType<SqlPayload> = z.union([
  z.strictObject({
    function: z.string().regex(/^[a-z_][a-z0-9_$]{0,62}(\.[a-z_][a-z0-9_$]{0,62})?$/, 'is no name of a function'),
    arguments: z
      .record(z.string().regex(/^[a-z_][a-z0-9_$]{0,62}$/), z.unknown())
      .refine((given) => Object.keys(given).length <= 100, 'has more than 100 arguments')
      .default({}),
    role: Role,
    claims: z.record(z.string(), z.unknown()).optional(),
  }),
  z.strictObject({ command: z.string().min(1).max(65_536), role: Role }),
]);

/** What a project may say of a job. */
export interface JobOptions {
  readonly queue: string;
  readonly key?: string | undefined;
  readonly repeat: 'keep' | 'replace';
  readonly lane?: string | undefined;
  readonly priority: number;
  readonly runAt?: string | undefined;
  readonly delaySeconds?: number | undefined;
  readonly maxAttempts: number;
  readonly backoffSeconds: number;
  readonly timeoutSeconds: number;
  readonly deadline?: string | undefined;
}
export type JobRequest = JobOptions &
  ({ readonly task: 'http'; readonly payload: HttpPayload } | { readonly task: 'sql'; readonly payload: SqlPayload });

const Options = z.strictObject({
  queue: QueueName.default('default'),
  key: name(200).optional(),
  repeat: z.enum(['keep', 'replace']).default('keep'),
  lane: name(200).optional(),
  priority: z.int().min(-1_000).max(1_000).default(0),
  runAt: Instant.optional(),
  delaySeconds: Seconds.optional(),
  maxAttempts: z.int().min(1).max(50).default(DEFAULT_ATTEMPTS),
  backoffSeconds: z
    .number()
    .min(0.1)
    .max(3_600)
    .default(DEFAULT_BACKOFF_MS / 1_000),
  timeoutSeconds: z
    .number()
    .min(1)
    .max(MAX_TIMEOUT_SECONDS)
    .default(DEFAULT_TIMEOUT_MS / 1_000),
  deadline: Instant.optional(),
});

export const JobRequest: z.ZodType<JobRequest> = z
  .discriminatedUnion('task', [
    Options.extend({ task: z.literal('http'), payload: HttpPayload }),
    Options.extend({ task: z.literal('sql'), payload: SqlPayload }),
  ])
  .refine(({ runAt, delaySeconds }) => runAt === undefined || delaySeconds === undefined, {
    message: 'has both runAt and delaySeconds',
    path: ['delaySeconds'],
  });

export interface Maker {
  readonly project: string;
  /** Database role of who asked. */
  readonly authority: string;
  /** What says when a delay begins. */
  readonly now: Date;
  /** Absent: a new one. */
  readonly id?: string;
}

/** The job a project asked for. */
export function requestedJob(request: JobRequest, { project, authority, now, id = newJobId() }: Maker): NewJob {
  const { delaySeconds } = request;
  return {
    id,
    project,
    queue: request.queue,
    task: request.task,
    payload: request.payload,
    key: request.key,
    repeat: request.repeat,
    lane: request.lane,
    priority: request.priority,
    runAt: delaySeconds === undefined ? request.runAt : new Date(now.getTime() + delaySeconds * 1_000).toISOString(),
    maxAttempts: request.maxAttempts,
    backoffMs: Math.round(request.backoffSeconds * 1_000),
    timeoutMs: Math.round(request.timeoutSeconds * 1_000),
    deadline: request.deadline,
    authority,
  };
}
