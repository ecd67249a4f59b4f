import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { JobStore } from '../adapters/job-store.ts';
import { Instant } from '../domain/instant.ts';
import { JOB_STATES, type JobRow } from '../domain/job-row.ts';
import { JobRequest, MAX_PAYLOAD_BYTES, name, QueueName, requestedJob } from '../domain/job-request.ts';
import { storageFault } from '../domain/storable-json.ts';
import { schedulerErrors } from '../scheduler-errors.ts';
import { describeJob, describeStep } from './describe-job.ts';
import { readInput, readQuery } from './read-input.ts';

const MAX_JOBS = 1_000;
const DEFAULT_PAGE = 50;
const MAX_PAGE = 500;

const Batch = z.strictObject({ jobs: z.array(JobRequest).min(1).max(MAX_JOBS) });
const Filter = z.strictObject({
  state: z.enum(JOB_STATES).optional(),
  queue: QueueName.optional(),
  task: name(100).optional(),
  key: name(200).optional(),
  schedule: name(200).optional(),
  from: Instant.optional(),
  to: Instant.optional(),
  cursor: z
    .string()
    .regex(/^\d{1,18}$/, 'is none of ours')
    .optional(),
  limit: z.coerce.number().int().min(1).max(MAX_PAGE).default(DEFAULT_PAGE),
});
const Move = z
  .strictObject({ runAt: Instant.optional(), priority: z.int().min(-1_000).max(1_000).optional() })
  .refine((move) => move.runAt !== undefined || move.priority !== undefined, 'has neither runAt nor priority');
const QueueSettings = z.strictObject({
  concurrency: z.int().min(1).max(10_000).nullable().optional(),
  paused: z.boolean().optional(),
});
const Id = z.uuid();

interface OfJob {
  readonly Params: { readonly id: string };
}

export function addJobRoutes(app: FastifyInstance, store: JobStore): void {
  app.post('/jobs', async (request, reply) => {
    const { body } = request;
    const isBatch = typeof body === 'object' && body !== null && 'jobs' in body;
    const requests = isBatch ? readInput(Batch, body).jobs : [readInput(JobRequest, body)];
    const { project, caller } = request.ashlar;
    const maker = { project: project.ref, authority: caller.role, now: new Date() };
    for (const { payload } of requests) refuseUnfit(payload);
    const jobs = requests.map((wanted) => requestedJob(wanted, maker));
    const there = await store.add(jobs);
    const added = jobs.map(({ id }) => ({ id: there.get(id) ?? id, added: there.get(id) === id }));
    void reply.code(added.some((job) => job.added) ? 201 : 200);
    return isBatch ? { jobs: added } : added[0];
  });

  app.get('/jobs', async (request) => {
    const { cursor, ...filter } = readQuery(Filter, request);
    const rows = await store.list(refOf(request), { ...filter, before: cursor });
    const next = rows.length < filter.limit ? null : (rows.at(-1)?.seq ?? null);
    return { jobs: rows.map(describeJob), cursor: next };
  });

  app.get<OfJob>('/jobs/:id', async (request) => {
    const job = await find(store, request, request.params.id);
    const steps = await store.steps(job.id);
    return { ...describeJob(job), steps: steps.map(describeStep) };
  });

  app.post<OfJob>('/jobs/:id/cancel', async (request) => {
    const job = await find(store, request, request.params.id);
    const state = await store.cancel(refOf(request), job.id);
    if (state === null) throw schedulerErrors.jobUnknown({ id: job.id });
    // Asking twice is no mistake.
    if (state !== 'running' && state !== 'cancelled') throw schedulerErrors.jobEnded({ id: job.id, state });
    return describeJob(await find(store, request, job.id));
  });

  app.post<OfJob>('/jobs/:id/retry', async (request) => {
    const job = await find(store, request, request.params.id);
    if (!(await store.retry(refOf(request), job.id))) {
      throw schedulerErrors.jobNotRetryable({ id: job.id, state: job.state });
    }
    return describeJob(await find(store, request, job.id));
  });

  app.patch<OfJob>('/jobs/:id', async (request) => {
    const { runAt = null, priority = null } = readInput(Move, request.body);
    const job = await find(store, request, request.params.id);
    if (!(await store.reschedule(refOf(request), job.id, runAt, priority))) {
      throw schedulerErrors.jobStarted({ id: job.id, state: job.state });
    }
    return describeJob(await find(store, request, job.id));
  });

  app.get('/queues', async (request) => ({ queues: await store.queues(refOf(request)) }));

  app.put<{ Params: { name: string } }>('/queues/:name', async (request) => {
    const queue = readInput(QueueName, request.params.name);
    await store.setQueue(refOf(request), queue, readInput(QueueSettings, request.body));
    const queues = await store.queues(refOf(request));
    return queues.find((found) => found.name === queue);
  });
}

function refOf({ ashlar }: FastifyRequest): string {
  return ashlar.project.ref;
}

async function find(store: JobStore, request: FastifyRequest, id: string): Promise<JobRow> {
  const job = Id.safeParse(id).success ? await store.find(refOf(request), id) : null;
  if (job === null) throw schedulerErrors.jobUnknown({ id: id.slice(0, 100) });
  return job;
}

export function refuseUnfit(payload: unknown): void {
  const fault = storageFault(payload);
  if (fault !== null) throw schedulerErrors.invalid({ reason: `the payload cannot be stored: ${fault}` });
  const sizeBytes = Buffer.byteLength(JSON.stringify(payload));
  if (sizeBytes > MAX_PAYLOAD_BYTES) {
    throw schedulerErrors.tooLarge({ what: 'The payload', sizeBytes, maxBytes: MAX_PAYLOAD_BYTES });
  }
}
