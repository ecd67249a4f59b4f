import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { asCaller } from '../adapters/database.ts';
import { vapidKeysOf } from '../adapters/web-push.ts';
import { notificationErrors } from '../domain/notification-errors.ts';
import { idOf, nameOf, nameSchema, readBody } from './read-input.ts';

const channel = z.enum(['inbox', 'mail', 'sms', 'push']);
const choiceSchema = z.strictObject({ category: nameSchema, channel, enabled: z.boolean() });
const localeSchema = z.strictObject({ locale: z.enum(['en', 'ar']) });
/** As `PushSubscription.toJSON()` gives it, with a name of our own. */
const deviceSchema = z.strictObject({
  endpoint: z.url({ protocol: /^https?$/ }).max(2_000),
  expirationTime: z.number().nullish(),
  keys: z.strictObject({
    p256dh: z.string().regex(/^[\w-]{80,100}={0,2}$/),
    auth: z.string().regex(/^[\w-]{20,40}={0,2}$/),
  }),
  name: z.string().max(100).default(''),
});
const categorySchema = z.strictObject({
  title: z.strictObject({ en: z.string().max(200).optional(), ar: z.string().max(200).optional() }).default({}),
  transactional: z.boolean().default(false),
  channels: z.array(channel).max(4).default(['inbox']),
});

/** What users choose: categories by channel, language, devices. */
export function addChoiceRoutes(app: FastifyInstance): void {
  app.get('/preferences', async (request) => {
    const categories = await asCaller(request.ashlar, {
      text: `select json_build_object('category', c.name, 'title', c.title, 'transactional', c.is_transactional,
          'channels', (select json_object_agg(way, coalesce(p.is_enabled, way = any (c.channels)))
             from unnest(array['inbox', 'mail', 'sms', 'push']) way
             left join notifications.preferences p
               on p.user_id = notifications.subject() and p.category = c.name and p.channel = way))
        from notifications.categories c order by c.name`,
      values: [],
      readOnly: true,
    });
    const [locale = null] = await asCaller<string>(request.ashlar, {
      text: 'select to_json(r.locale) from notifications.readers r where r.user_id = notifications.subject()',
      values: [],
      readOnly: true,
    });
    return { categories, locale };
  });
  app.put('/preferences', async (request) => {
    const choice = readBody(request, choiceSchema);
    await asCaller(request.ashlar, {
      text: `with made as (
          insert into notifications.preferences (category, channel, is_enabled) values ($1, $2, $3::boolean)
          on conflict (user_id, category, channel) do update set is_enabled = excluded.is_enabled returning category)
        select to_json(category) from made`,
      values: [choice.category, choice.channel, String(choice.enabled)],
    });
    return choice;
  });
  app.put('/preferences/locale', async (request) => {
    const { locale } = readBody(request, localeSchema);
    await asCaller(request.ashlar, {
      text: `with made as (
          insert into notifications.readers (locale) values ($1)
          on conflict (user_id) do update set locale = excluded.locale, updated_at = now() returning locale)
        select to_json(locale) from made`,
      values: [locale],
    });
    return { locale };
  });
  addDeviceRoutes(app);
  addCategoryRoutes(app);
}

function addDeviceRoutes(app: FastifyInstance): void {
  app.get('/push-key', async (request) => {
    // Not a secret; but who may read no category has no business here.
    await asCaller(request.ashlar, {
      text: 'select to_json(1) from notifications.categories limit 1',
      values: [],
      readOnly: true,
    });
    return { key: (await vapidKeysOf(request.ashlar.project)).publicKey };
  });
  app.get('/devices', async (request) => {
    const devices = await asCaller(request.ashlar, {
      text: `select json_build_object('id', d.id, 'name', d.name, 'endpoint', d.endpoint, 'createdAt', d.created_at)
               from notifications.devices d where d.user_id = notifications.subject() order by d.created_at desc limit 100`,
      values: [],
      readOnly: true,
    });
    return { devices };
  });
  app.post('/devices', async (request, reply) => {
    const { endpoint, keys, name } = readBody(request, deviceSchema);
    const [id] = await asCaller<string>(request.ashlar, {
      text: 'select to_json(notifications.register_device($1, $2, $3, $4))',
      values: [endpoint, keys.p256dh, keys.auth, name],
    });
    return reply.code(201).send({ id });
  });
  app.delete('/devices/:id', async (request, reply) => {
    const id = idOf(request, 'device');
    const gone = await asCaller(request.ashlar, {
      text: 'with gone as (delete from notifications.devices d where d.id = $1::uuid returning d.id) select to_json(id) from gone',
      values: [id],
    });
    if (gone.length === 0) throw notificationErrors.notFound({ what: 'device', name: id });
    return reply.code(204).send();
  });
}

function addCategoryRoutes(app: FastifyInstance): void {
  app.put('/categories/:name', async (request) => {
    const name = nameOf(request);
    const { title, transactional, channels } = readBody(request, categorySchema);
    await asCaller(request.ashlar, {
      text: `with made as (
          insert into notifications.categories as c (name, title, is_transactional, channels)
          values ($1, $2::jsonb, $3::boolean, array(select jsonb_array_elements_text($4::jsonb)))
          on conflict (name) do update
            set title = excluded.title, is_transactional = excluded.is_transactional, channels = excluded.channels
          returning c.name)
        select to_json(name) from made`,
      values: [name, JSON.stringify(title), String(transactional), JSON.stringify([...new Set(channels)])],
    });
    return { name, title, transactional, channels };
  });
}
