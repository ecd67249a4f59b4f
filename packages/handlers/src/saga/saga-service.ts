import { commonErrors, type Localised } from '@ashlar/kernel';
import type { JobQueue } from '@ashlar/service';
import type { Observe } from '@ashlar/telemetry';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { sagaOpenApi } from '../documents/saga-open-api.ts';
import { invocationOf } from '../http/invocation-of.ts';
import { addErrors } from '../http/suite-service.ts';
import { readInput } from '../input/read-input.ts';
import { listSagas, showSaga } from './read-sagas.ts';
import type { SagaRegistry } from './saga-registry.ts';
import { sagaRoutes } from './saga-routes.ts';
import { sagaJob } from './saga-task.ts';
import { type SagaSteering, steerSaga } from './steer-saga.ts';

export const SAGAS = 'sagas';

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
  app.get('/openapi.json', ({ ashlar }) => sagaOpenApi(ashlar.publicUrl));
  const { list, show, retry, undo, settle } = sagaRoutes;
  app.get(list.path, async (request) => {
    const filter = read(list.input, request.query);
    const sagas = await listSagas(invocationOf(request, 'http'), filter, titles);
    return { sagas, next: sagas.length < filter.limit ? null : (sagas.at(-1)?.id ?? null) };
  });
  app.get(show.path, async (request) => {
    read(show.input, request.query);
    return showSaga(invocationOf(request, 'http'), idOf(request), titles);
  });

  const steer = async (request: FastifyRequest, steering: SagaSteering): Promise<object> => {
    const call = invocationOf(request, 'http');
    const id = idOf(request);
    const saga = await steerSaga(call, id, steering, registry);
    if (call.dryRun !== true) await jobs.add([sagaJob(request.ashlar.project.ref, id, call.requestId)]);
    return saga;
  };
  app.post(retry.path, async (request) => {
    read(retry.input, request.body ?? {});
    return steer(request, { kind: 'retry' });
  });
  app.post(undo.path, async (request) => steer(request, { kind: 'undo', ...read(undo.input, request.body) }));
  app.post(settle.path, async (request) => steer(request, { kind: 'settle', ...read(settle.input, request.body) }));
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
