import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { asCaller } from '../adapters/database.ts';
import { notificationErrors } from '../domain/notification-errors.ts';
import { nameSchema, readBody, readQuery } from './read-input.ts';

const address = z
  .string()
  .min(1)
  .max(254)
  .regex(/^[^\s\p{Cc}]+$/u)
  .transform((text) => text.toLowerCase().replace(/^\+/, ''));
const category = z.union([z.literal('*'), nameSchema]).default('*');
const suppressionSchema = z.strictObject({ address, category, detail: z.string().max(500).optional() });
const pageSchema = z.strictObject({
  address: address.optional(),
  after: z.string().max(254).default(''),
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
});

/** Addresses nothing goes to. */
export function addSuppressionRoutes(app: FastifyInstance): void {
  app.get('/suppressions', async (request) => {
    const { address: wanted, after, limit } = readQuery(request, pageSchema);
    const suppressions = await asCaller(request.ashlar, {
      text: `select json_build_object('address', s.address, 'category', s.category, 'reason', s.reason, 'detail', s.detail,
          'createdAt', s.created_at)
        from notifications.suppressions s
        where s.address > $1 and ($2::text is null or s.address = $2) order by s.address, s.category limit $3::int`,
      values: [after, wanted ?? null, String(limit)],
      readOnly: true,
    });
    return { suppressions };
  });
  app.put('/suppressions', async (request) => {
    const given = readBody(request, suppressionSchema);
    const [made] = await asCaller<object>(request.ashlar, {
      text: `with made as (
          insert into notifications.suppressions as s (address, category, reason, detail) values ($1, $2, 'manual', $3)
          on conflict (address, category) do update set reason = 'manual', detail = excluded.detail returning s.*)
        select json_build_object('address', address, 'category', category, 'reason', reason, 'detail', detail) from made`,
      values: [given.address, given.category, given.detail ?? null],
    });
    return made;
  });
  app.delete('/suppressions', async (request, reply) => {
    const given = readQuery(request, z.strictObject({ address, category }));
    const gone = await asCaller(request.ashlar, {
      text: `with gone as (
          delete from notifications.suppressions s where s.address = $1 and s.category = $2 returning s.address)
        select to_json(address) from gone`,
      values: [given.address, given.category],
    });
    if (gone.length === 0) throw notificationErrors.notFound({ what: 'suppression', name: given.address });
    return reply.code(204).send();
  });
}
