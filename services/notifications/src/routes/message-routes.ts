import { faultOfHeaders, normaliseEmail } from '@ashlar/delivery';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { asCaller } from '../adapters/database.ts';
import type { QueueCourier } from '../application/queue-courier.ts';
import { notificationErrors } from '../domain/notification-errors.ts';
import { idOf, nameSchema, readBody, readQuery } from './read-input.ts';

const MAX_CONTENT_LENGTH = 200_000;
const MAX_RECIPIENTS = 50;
const MAX_PAGE = 200;

const oneLine = z
  .string()
  .max(500)
  .regex(/^[^\p{Cc}\u2028\u2029]*$/u, 'holds a line break or another control character');
const address = z
  .string()
  .max(254)
  .transform((text, context) => {
    const known = normaliseEmail(text);
    if (known === null) context.addIssue({ code: 'custom', message: 'is no address of a mailbox' });
    return known ?? '';
  });
const key = z.string().min(1).max(200);
const data = z.record(z.string().max(100), z.unknown());
const instant = z.iso.datetime({ offset: true });

const mailSchema = z
  .strictObject({
    to: z.union([address.transform((one) => [one]), z.array(address).min(1).max(MAX_RECIPIENTS)]),
    template: nameSchema.optional(),
    data: data.default({}),
    subject: oneLine.optional(),
    html: z.string().max(MAX_CONTENT_LENGTH).optional(),
    text: z.string().max(MAX_CONTENT_LENGTH).optional(),
    locale: z.enum(['en', 'ar']).optional(),
    category: nameSchema.default('transactional'),
    headers: z.record(z.string().max(64), z.string().max(998)).default({}),
    replyTo: address.optional(),
    sendAt: instant.optional(),
    idempotencyKey: key.optional(),
  })
  .superRefine(({ headers }, context) => {
    const fault = faultOfHeaders(headers);
    if (fault !== null) context.addIssue({ code: 'custom', path: ['headers'], message: fault });
  });

const notifySchema = z.strictObject({
  userId: z.uuid(),
  category: nameSchema.default('general'),
  data,
  template: nameSchema.optional(),
  channels: z
    .array(z.enum(['inbox', 'mail', 'sms', 'push']))
    .max(4)
    .optional(),
  idempotencyKey: key.optional(),
});

const pageSchema = z.strictObject({
  state: z.enum(['queued', 'sending', 'sent', 'failed', 'cancelled', 'suppressed']).optional(),
  channel: z.enum(['mail', 'sms', 'push']).optional(),
  recipient: z.string().max(254).optional(),
  user: z.uuid().optional(),
  before: z.uuid().optional(),
  limit: z.coerce.number().int().min(1).max(MAX_PAGE).default(50),
});

/** What a list shows; contents and history are those of one message alone. */
const COLUMNS = `
  'id', m.id, 'channel', m.channel, 'state', m.state, 'category', m.category, 'userId', m.user_id,
  'recipient', m.recipient, 'template', m.template, 'subject', m.subject, 'locale', m.locale, 'attempts', m.attempts,
  'dueAt', case when m.state = 'queued' then m.due_at end, 'answer', m.answer, 'error', m.error,
  'providerId', m.provider_id, 'sentAt', m.sent_at, 'createdAt', m.created_at, 'updatedAt', m.updated_at`;

/** Sending, finding and repeating messages: the rights are those to the functions and rows of the schema. */
export function addMessageRoutes(app: FastifyInstance, courier: QueueCourier): void {
  app.post('/mails', async (request, reply) => {
    const mail = readBody(request, mailSchema);
    const messages = await queueing(request, courier, {
      text: `select notifications.send_mail(
          recipients => array(select jsonb_array_elements_text($1::jsonb)), template => $2, data => $3::jsonb, subject => $4,
          html => $5, body => $6, locale => $7, category => $8, headers => $9::jsonb, reply_to => $10,
          send_at => $11::timestamptz, idempotency_key => $12)`,
      values: [
        JSON.stringify(mail.to),
        mail.template ?? null,
        JSON.stringify(mail.data),
        mail.subject ?? null,
        mail.html ?? null,
        mail.text ?? null,
        mail.locale ?? null,
        mail.category,
        JSON.stringify(mail.headers),
        mail.replyTo ?? null,
        mail.sendAt ?? null,
        mail.idempotencyKey ?? headerKey(request),
      ],
    });
    return reply.code(202).send({ messages });
  });

  app.post('/notify', async (request, reply) => {
    const { userId, category, data: facts, template, channels, idempotencyKey } = readBody(request, notifySchema);
    const told = await queueing(request, courier, {
      text: `select notifications.notify(
          user_id => $1::uuid, category => $2, data => $3::jsonb, template => $4,
          channels => case when $5::jsonb is not null then array(select jsonb_array_elements_text($5::jsonb)) end,
          idempotency_key => $6)`,
      values: [
        userId,
        category,
        JSON.stringify(facts),
        template ?? null,
        channels === undefined ? null : JSON.stringify(channels),
        idempotencyKey ?? headerKey(request),
      ],
    });
    return reply.code(202).send(told);
  });

  app.get('/messages', async (request) => {
    const { state, channel, recipient, user, before, limit } = readQuery(request, pageSchema);
    const messages = await asCaller(request.ashlar, {
      text: `select json_build_object(${COLUMNS}) from notifications.messages m
        where ($1::text is null or m.state = $1) and ($2::text is null or m.channel = $2)
          and ($3::text is null or m.recipient = lower($3)) and ($4::uuid is null or m.user_id = $4::uuid)
          and ($5::uuid is null or (m.created_at, m.id) < (select o.created_at, o.id from notifications.messages o where o.id = $5::uuid))
        order by m.created_at desc, m.id desc limit $6::int`,
      values: [state ?? null, channel ?? null, recipient ?? null, user ?? null, before ?? null, String(limit)],
      readOnly: true,
    });
    return { messages };
  });

  app.get('/messages/:id', async (request) => {
    const id = idOf(request, 'message');
    const [message] = await asCaller<object>(request.ashlar, {
      text: `select json_build_object(${COLUMNS}) ::jsonb || jsonb_build_object('data', m.data, 'html', m.html, 'text', m.body,
          'headers', m.headers, 'replyTo', m.reply_to, 'replays', m.replays, 'history', m.history)
        from notifications.messages m where m.id = $1::uuid`,
      values: [id],
      readOnly: true,
    });
    if (message === undefined) throw notificationErrors.notFound({ what: 'message', name: id });
    return message;
  });

  app.post('/messages/:id/cancel', async (request) => {
    const id = idOf(request, 'message');
    if (!(await decided(request, 'select to_json(notifications.cancel_message($1::uuid))', id))) {
      throw await refusal(request, id, notificationErrors.notWaiting({ id }));
    }
    return { id, state: 'cancelled' };
  });

  app.post('/messages/:id/replay', async (request) => {
    const id = idOf(request, 'message');
    await courier.expect(request.ashlar.project.ref);
    if (!(await decided(request, 'select to_json(notifications.replay_message($1::uuid))', id))) {
      throw await refusal(request, id, notificationErrors.notOver({ id }));
    }
    courier.due(request.ashlar.project.ref);
    return { id, state: 'queued' };
  });
}

async function queueing(
  request: FastifyRequest,
  courier: QueueCourier,
  statement: { readonly text: string; readonly values: readonly (string | null)[] },
): Promise<unknown> {
  const { ref } = request.ashlar.project;
  await courier.expect(ref);
  const [result] = await asCaller(request.ashlar, statement);
  courier.due(ref);
  return result;
}

async function decided(request: FastifyRequest, text: string, id: string): Promise<boolean> {
  const [done] = await asCaller<boolean>(request.ashlar, { text, values: [id] });
  return done === true;
}

/** There may be no such message at all. */
async function refusal(request: FastifyRequest, id: string, otherwise: Error): Promise<Error> {
  const [there] = await asCaller<boolean>(request.ashlar, {
    text: 'select to_json(exists (select from notifications.messages m where m.id = $1::uuid))',
    values: [id],
    readOnly: true,
  });
  return there === true ? otherwise : notificationErrors.notFound({ what: 'message', name: id });
}

/** The header other services of the house take. */
function headerKey({ headers }: FastifyRequest): string | null {
  const given = headers['idempotency-key'];
  if (given === undefined) return null;
  const parsed = key.safeParse(given);
  if (!parsed.success) throw notificationErrors.requestInvalid({ detail: 'Idempotency-Key has 1 to 200 characters' });
  return parsed.data;
}
