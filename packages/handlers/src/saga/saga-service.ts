import { commonErrors, type Localised } from '@ashlar/kernel';
import type { JobQueue } from '@ashlar/service';
import type { Observe } from '@ashlar/telemetry';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { invocationOf } from '../http/invocation-of.ts';
import { addErrors } from '../http/suite-service.ts';
import { readInput } from '../input/read-input.ts';
import { listSagas, showSaga } from './read-sagas.ts';
import type { SagaRegistry } from './saga-registry.ts';
import { SAGA_STATUSES } from './saga-rows.ts';
import { sagaJob } from './saga-task.ts';
import { type SagaSteering, steerSaga } from './steer-saga.ts';

export const SAGAS = 'sagas';

const MAX_LIMIT = 200;
const MAX_TEXT = 500;

const Filter = z.object({
  status: z.enum(SAGA_STATUSES).optional(),
  saga: z.string().max(200).optional(),
  key: z.string().max(MAX_TEXT).optional(),
  after: z.uuid().optional(),
  limit: z.coerce.number().int().min(1).max(MAX_LIMIT).default(50),
});
const Text = z.string().trim().min(1).max(MAX_TEXT);
const Retry = z.object({});
const Undo = z.object({ reason: Text });
const Settle = z.object({ task: z.string().min(1).max(300), note: Text });

export interface SagaServiceOptions {
  readonly registry: SagaRegistry;
  readonly jobs: JobQueue;
  readonly observe: Observe;
}

/** Titles of the sagas that are known. */
function sagaTitles({ all }: SagaRegistry): (name: string) => Localised | null {
  const titles = new Map(all.map(({ saga }) => [saga.name, saga.title]));
  return (name) => titles.get(name) ?? null;
}

/** Where sagas are seen and steered: `/api/v1/sagas`. */
export function addSagaRoutes(app: FastifyInstance, { registry, jobs, observe }: SagaServiceOptions): void {
  const titles = sagaTitles(registry);
  addErrors(app, { name: SAGAS }, observe);
  app.addHook('onSend', async (_request, reply) => void reply.header('cache-control', 'no-store'));
  app.get('/', async (request) => {
    const filter = read(Filter, request.query);
    const sagas = await listSagas(invocationOf(request, 'http'), filter, titles);
    return { sagas, next: sagas.length < filter.limit ? null : (sagas.at(-1)?.id ?? null) };
  });
  app.get('/:id', async (request) => showSaga(invocationOf(request, 'http'), idOf(request), titles));

  const steer = async (request: FastifyRequest, steering: SagaSteering): Promise<object> => {
    const call = invocationOf(request, 'http');
    const id = idOf(request);
    const saga = await steerSaga(call, id, steering, registry);
    if (call.dryRun !== true) await jobs.add([sagaJob(request.ashlar.project.ref, id, call.requestId)]);
    return saga;
  };
  app.post('/:id/retry', async (request) => {
    read(Retry, request.body ?? {});
    return steer(request, { kind: 'retry' });
  });
  app.post('/:id/undo', async (request) => steer(request, { kind: 'undo', ...read(Undo, request.body) }));
  app.post('/:id/settle', async (request) => steer(request, { kind: 'settle', ...read(Settle, request.body) }));
}

function idOf({ params }: FastifyRequest): string {
  // Fastify's router gives texts.
  const { id } = params as { readonly id: string };
  if (!z.uuid().safeParse(id).success) throw commonErrors.notFound({ what: 'saga', id });
  return id;
}

/** @throws {AshlarError} `common.invalid_input` with every fault. */
function read<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  return readInput({ name: SAGAS, input: schema, output: schema }, input) as z.output<Schema>;
}
