import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { asCaller } from '../adapters/database.ts';
import { notificationErrors } from '../domain/notification-errors.ts';
import { idOf, readBody, readQuery } from './read-input.ts';

const flag = z.enum(['true', 'false']).transform((text) => text === 'true');
const pageSchema = z.strictObject({
  unread: flag.default(false),
  archived: flag.default(false),
  category: z.string().max(63).optional(),
  before: z.uuid().optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
const changesSchema = z
  .strictObject({ read: z.boolean().optional(), archived: z.boolean().optional() })
  .refine(({ read, archived }) => read !== undefined || archived !== undefined, 'has neither read nor archived');

const ENTRY = `json_build_object('id', i.id, 'category', i.category, 'title', i.title, 'body', i.body, 'url', i.url,
  'data', i.data, 'readAt', i.read_at, 'archivedAt', i.archived_at, 'createdAt', i.created_at)`;

/** A user's own notifications. The condition on the user narrows what row-level security lets through anyway. */
export function addInboxRoutes(app: FastifyInstance): void {
  app.get('/inbox', async (request) => {
    const { unread, archived, category, before, limit } = readQuery(request, pageSchema);
    const entries = await asCaller(request.ashlar, {
      text: `select ${ENTRY} from notifications.inbox i
        where i.user_id = notifications.subject() and (i.archived_at is not null) = $1::boolean
          and (not $2::boolean or i.read_at is null) and ($3::text is null or i.category = $3)
          and ($4::uuid is null or (i.created_at, i.id) < (select o.created_at, o.id from notifications.inbox o where o.id = $4::uuid))
        order by i.created_at desc, i.id desc limit $5::int`,
      values: [String(archived), String(unread), category ?? null, before ?? null, String(limit)],
      readOnly: true,
    });
    return { entries };
  });
  app.get('/inbox/unread', async (request) => {
    const [count] = await asCaller<number>(request.ashlar, {
      text: 'select to_json(notifications.unread_count())',
      values: [],
      readOnly: true,
    });
    return { count };
  });
  app.post('/inbox/read-all', async (request) => {
    const [count] = await asCaller<number>(request.ashlar, {
      text: `with done as (
          update notifications.inbox i set read_at = now()
           where i.user_id = notifications.subject() and i.read_at is null returning i.id)
        select to_json(count(*)) from done`,
      values: [],
    });
    return { count };
  });
  app.patch('/inbox/:id', async (request) => {
    const id = idOf(request, 'notification');
    const { read, archived } = readBody(request, changesSchema);
    const [entry] = await asCaller<object>(request.ashlar, {
      text: `with done as (
          update notifications.inbox i
             set read_at = case $2 when 'true' then coalesce(i.read_at, now()) when 'false' then null else i.read_at end,
                 archived_at = case $3 when 'true' then coalesce(i.archived_at, now()) when 'false' then null else i.archived_at end
           where i.id = $1::uuid and i.user_id = notifications.subject() returning i.*)
        select ${ENTRY} from done i`,
      values: [id, read === undefined ? '' : String(read), archived === undefined ? '' : String(archived)],
    });
    if (entry === undefined) throw notificationErrors.notFound({ what: 'notification', name: id });
    return entry;
  });
}
