import { type RequestContext, sendRendered } from '@ashlar/service';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { renderMessage } from '../contract.ts';
import type { RealtimeParts } from '../socket/parts.ts';
import { MAX_TOPIC_LETTERS, parseJson, type Payload } from '../wire/frame.ts';

const MAX_MESSAGES = 100;
/** Private topics of one batch, each of which is a question to the database. */
const MAX_PRIVATE_TOPICS = 20;
const MAX_NAME_LETTERS = MAX_TOPIC_LETTERS - 16;

const Message = z.object({
  topic: z.string().min(1).max(MAX_NAME_LETTERS),
  event: z.string().min(1).max(MAX_NAME_LETTERS),
  payload: z.record(z.string(), z.unknown()),
  private: z.boolean().default(false),
});
const Batch = z.object({ messages: z.array(z.unknown()).min(1).max(MAX_MESSAGES) });

const UNPROCESSABLE = 422;

/** Broadcasts of clients that have no websocket. */
export function addBroadcastRoutes(app: FastifyInstance, parts: RealtimeParts): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.post('/api/broadcast', (request, reply) => broadcastMany(request, reply, parts));
  app.post<{ Params: { topic: string; event: string } }>('/api/broadcast/:topic/events/:event', (request, reply) =>
    broadcastOne(request, request.params, reply, parts),
  );
}

async function broadcastMany(
  request: FastifyRequest,
  reply: FastifyReply,
  parts: RealtimeParts,
): Promise<FastifyReply> {
  const { project, refusal } = request.ashlar;
  if (refusal !== null) return sendRendered(reply, renderMessage(401, 'Unauthorized'));
  const batch = Batch.safeParse(parseJson(bodyOf(request).toString()));
  if (!batch.success) {
    return reply.code(UNPROCESSABLE).send({ errors: { messages: [`A list of 1 to ${MAX_MESSAGES} is required`] } });
  }
  const read = batch.data.messages.map((message) => Message.safeParse(message));
  if (read.some(({ success }) => !success)) {
    return reply.code(UNPROCESSABLE).send({ errors: { messages: read.map(({ error }) => faultsOf(error)) } });
  }
  const messages = read.flatMap(({ data }) => data ?? []);
  const topics = new Set(messages.filter((message) => message.private).map(({ topic }) => topic));
  if (topics.size > MAX_PRIVATE_TOPICS) {
    return reply
      .code(UNPROCESSABLE)
      .send({ errors: { messages: [`A batch may have ${MAX_PRIVATE_TOPICS} private topics`] } });
  }
  const mayWrite = new Map<string, boolean>();
  for (const topic of topics) mayWrite.set(topic, await mayBroadcast(request.ashlar, topic, parts));

  if (!messages.every(() => parts.quotas.takeMessage(project.ref))) return tooMany(reply);
  for (const { topic, event, payload, private: isPrivate } of messages) {
    // What the caller may not write is passed over, as on a websocket.
    if (isPrivate ? mayWrite.get(topic) !== true : !parts.publicChannels) continue;
    const json: Payload = { kind: 'json', json: JSON.stringify(payload) };
    parts.rooms.send(project.ref, { name: topic, event, payload: json, isPrivate, meta: null });
  }
  return reply.code(202).send();
}

async function broadcastOne(
  request: FastifyRequest,
  { topic, event }: { readonly topic: string; readonly event: string },
  reply: FastifyReply,
  parts: RealtimeParts,
): Promise<FastifyReply> {
  const { project, refusal } = request.ashlar;
  if (refusal !== null) return sendRendered(reply, renderMessage(401, 'Unauthorized'));
  const payload = readPayload(request, parts.limits.payloadBytes);
  if ('status' in payload) return sendRendered(reply, renderMessage(payload.status, payload.message));
  if (topic === '' || event === '' || topic.length > MAX_NAME_LETTERS || event.length > MAX_NAME_LETTERS) {
    return sendRendered(reply, renderMessage(UNPROCESSABLE, 'The topic or the event is missing or too long'));
  }
  const isPrivate = new URLSearchParams(request.url.split('?')[1]).get('private') === 'true';
  const isAllowed = isPrivate ? await mayBroadcast(request.ashlar, topic, parts) : parts.publicChannels;
  if (!isAllowed) return sendRendered(reply, renderMessage(403, 'Unauthorized'));
  if (!parts.quotas.takeMessage(project.ref)) return tooMany(reply);
  parts.rooms.send(project.ref, { name: topic, event, payload, isPrivate, meta: null });
  return reply.code(202).send();
}

function readPayload(
  request: FastifyRequest,
  limitBytes: number,
): Payload | { readonly status: number; readonly message: string } {
  const type = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase();
  const bytes = bodyOf(request);
  if (type !== 'application/json' && type !== 'application/octet-stream') {
    return { status: 415, message: 'The body has to be application/json or application/octet-stream' };
  }
  if (bytes.length === 0) return { status: UNPROCESSABLE, message: 'The body is missing' };
  if (bytes.length > limitBytes) {
    const message = `The body has ${bytes.length} bytes; at most ${limitBytes} are accepted`;
    return { status: UNPROCESSABLE, message };
  }
  if (type === 'application/octet-stream') return { kind: 'binary', bytes };
  const value = parseJson(bytes.toString());
  if (value === undefined) return { status: UNPROCESSABLE, message: 'The body is not valid JSON' };
  // Written anew: what is embedded into a frame has no line breaks and no bytes that are no UTF-8.
  return { kind: 'json', json: JSON.stringify(value) };
}

async function mayBroadcast(
  { project, caller }: RequestContext,
  topic: string,
  parts: RealtimeParts,
): Promise<boolean> {
  const [grants] = await parts.authorizer.check(project, topic, [caller]);
  return grants?.write.broadcast === true;
}

function bodyOf({ body }: FastifyRequest): Buffer {
  return Buffer.isBuffer(body) ? body : Buffer.alloc(0);
}

function tooMany(reply: FastifyReply): FastifyReply {
  return sendRendered(reply, renderMessage(429, 'Too many messages per second'));
}

/** The faults of one message by its members: `{ "event": ["can't be blank"] }`. */
function faultsOf(error: z.ZodError | undefined): Readonly<Record<string, readonly string[]>> {
  const faults: Record<string, string[]> = {};
  for (const { path, message } of error?.issues ?? []) (faults[String(path[0] ?? 'message')] ??= []).push(message);
  return faults;
}
