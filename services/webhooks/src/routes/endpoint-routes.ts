import { randomUUID } from 'node:crypto';
import { AshlarError, type DomainEvent } from '@ashlar/kernel';
import type { Outbound } from '@ashlar/outbound';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { asService } from '@ashlar/service';
import {
  createEndpoint,
  removeEndpoint,
  rotateSecret,
  setEnabled,
  updateEndpoint,
} from '../adapters/endpoint-admin.ts';
import { MORE_CHANNEL } from '../adapters/postgres-delivery-store.ts';
import { readEndpoints } from '../adapters/read-endpoints.ts';
import { addDelivery } from '../application/fan-out.ts';
import { checkHeaders } from '../domain/check-headers.ts';
import { webhookErrors } from '../domain/webhook-errors.ts';
import { endpointIdOf, readEndpointChanges, readNewEndpoint, readOverlap, readTestEvent } from './read-input.ts';

export interface EndpointParts {
  readonly outbound: Outbound;
  readonly now: () => Date;
}

/** Endpoints: where events go. */
export function addEndpointRoutes(app: FastifyInstance, parts: EndpointParts): void {
  app.get('/endpoints', async ({ ashlar }) => ({ endpoints: await readEndpoints(ashlar) }));
  app.post('/endpoints', (request, reply) => create(request, reply, parts));
  app.get('/endpoints/:id', (request) => read(request));
  app.patch('/endpoints/:id', (request) => update(request, parts));
  app.delete('/endpoints/:id', async (request, reply) => {
    await removeEndpoint(request.ashlar.project, endpointIdOf(request));
    return reply.code(204).send();
  });
  app.post('/endpoints/:id/enable', (request) => enable(request, true));
  app.post('/endpoints/:id/disable', (request) => enable(request, false));
  app.post('/endpoints/:id/rotate', (request) => rotate(request, parts));
  app.post('/endpoints/:id/test', (request, reply) => sendTest(request, reply, parts));
}

async function create(
  request: FastifyRequest,
  reply: FastifyReply,
  { outbound }: EndpointParts,
): Promise<FastifyReply> {
  const body = readNewEndpoint(request);
  const headers = checkHeaders(body.headers);
  await checkUrl(outbound, body.url);
  const { id, secret } = await createEndpoint(request.ashlar.project, { ...body, headers });
  const [endpoint] = await readEndpoints(request.ashlar, id);
  return reply.code(201).send({ ...endpoint, secret });
}

async function read(request: FastifyRequest): Promise<object> {
  const id = endpointIdOf(request);
  const [endpoint] = await readEndpoints(request.ashlar, id);
  if (endpoint === undefined) throw webhookErrors.notFound({ what: 'endpoint', id });
  return endpoint;
}

async function update(request: FastifyRequest, { outbound }: EndpointParts): Promise<object> {
  const id = endpointIdOf(request);
  const body = readEndpointChanges(request);
  if (body.url !== undefined) await checkUrl(outbound, body.url);
  const changes = body.headers === undefined ? body : { ...body, headers: checkHeaders(body.headers) };
  await updateEndpoint(request.ashlar.project, id, changes);
  return read(request);
}

async function enable(request: FastifyRequest, enabled: boolean): Promise<object> {
  await setEnabled(request.ashlar.project, endpointIdOf(request), enabled);
  return read(request);
}

async function rotate(request: FastifyRequest, { now }: EndpointParts): Promise<object> {
  const overlap = readOverlap(request);
  const { secret, formerUntil } = await rotateSecret(request.ashlar.project, endpointIdOf(request), overlap, now());
  return { secret, former_secret_until: formerUntil.toISOString() };
}

async function sendTest(request: FastifyRequest, reply: FastifyReply, { now }: EndpointParts): Promise<FastifyReply> {
  const id = endpointIdOf(request);
  const { type, data } = readTestEvent(request);
  const event = testEvent(type, data, id, now());
  const deliveryId = await asService('webhooks', request.ashlar, async (tx) => {
    const { rows } = await tx.query<{ enabled: boolean }>('select enabled from webhooks.endpoints where id = $1', [id]);
    if (rows[0] === undefined) throw webhookErrors.notFound({ what: 'endpoint', id });
    if (!rows[0].enabled) throw webhookErrors.endpointDisabled({ id });
    return addDelivery(tx, id, event, MORE_CHANNEL);
  });
  return reply.code(202).send({ delivery_id: deliveryId, event_id: event.id });
}

function testEvent(type: string, data: DomainEvent['data'], endpointId: string, at: Date): DomainEvent {
  return {
    specversion: '1.0',
    id: randomUUID(),
    source: '/webhooks/test',
    type,
    subject: endpointId,
    time: at.toISOString(),
    dataschema: null,
    data,
    orgid: null,
    aggregateversion: null,
    actor: null,
    causationid: null,
    correlationid: null,
    traceparent: null,
  };
}

/** @throws {AshlarError} `webhooks.url_refused`. */
async function checkUrl(outbound: Outbound, url: string): Promise<void> {
  try {
    await outbound.vet({ url });
  } catch (error) {
    if (!(error instanceof AshlarError)) throw error;
    throw webhookErrors.urlRefused({ reason: error.message }, { cause: error });
  }
}
