import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { asCaller, asService } from '@ashlar/service';
import { MORE_CHANNEL } from '../adapters/postgres-delivery-store.ts';
import { webhookErrors } from '../domain/webhook-errors.ts';
import { deliveryIdOf, readDeliveryPage, readNewReplay, replayIdOf } from './read-input.ts';

const MAX_REPLAYS_WAITING = 20;

const DELIVERY = `
  d.id::text, d.endpoint_id, d.event_id, d.event_type, d.state, d.attempts, d.last_status, d.last_error,
  case when d.state = 'pending' and d.claimed_by is null and d.next_at < 'infinity' then d.next_at end as next_attempt_at,
  d.state = 'pending' and d.next_at = 'infinity' as waits_for_earlier, d.created_at, d.finished_at`;

const FILTERS = `
  ($1::uuid is null or d.endpoint_id = $1::uuid) and ($2::text is null or d.state = $2::text)
  and ($3::text is null or d.event_type = $3::text)
  and ($4::timestamptz is null or d.created_at >= $4::timestamptz)
  and ($5::timestamptz is null or d.created_at < $5::timestamptz)
  and ($6::uuid is null or d.event_id = $6::uuid) and ($7::bigint is null or d.id < $7::bigint)`;

const REPLAY = `
  r.id, r.endpoint_id, r.state, r.event_type, r.since, r.until, r.at_most as limit, r.replayed, r.created_at, r.finished_at`;

/** Deliveries and what came of them, and how they are made once more. */
export function addDeliveryRoutes(app: FastifyInstance): void {
  app.get('/deliveries', (request) => list(request));
  app.get('/deliveries/:id', (request) => read(request));
  app.get('/deliveries/:id/attempts', (request) => readAttempts(request));
  app.post('/deliveries/:id/replay', (request, reply) => replayOne(request, reply));
  app.post('/replays', (request, reply) => replayMany(request, reply));
  app.get('/replays/:id', (request) => readReplay(request));
}

/** The newest first. */
async function list(request: FastifyRequest): Promise<object> {
  const { limit, cursor, ...filters } = readDeliveryPage(request);
  const { rows } = await asCaller(request.ashlar, (tx) =>
    tx.query<{ id: string }>(
      `select ${DELIVERY} from webhooks.deliveries d where ${FILTERS} order by d.id desc limit $8`,
      [
        filters.endpoint_id ?? null,
        filters.state ?? null,
        filters.event_type ?? null,
        filters.since ?? null,
        filters.until ?? null,
        filters.event_id ?? null,
        cursor ?? null,
        limit + 1,
      ],
    ),
  );
  const deliveries = rows.slice(0, limit);
  return { deliveries, next_cursor: rows.length > limit ? deliveries.at(-1)?.id : null };
}

async function read(request: FastifyRequest): Promise<object> {
  const id = deliveryIdOf(request);
  const { rows } = await asCaller(request.ashlar, (tx) =>
    tx.query(
      `select ${DELIVERY}, m.body from webhooks.deliveries d join webhooks.messages m on m.id = d.event_id
        where d.id = $1`,
      [id],
    ),
  );
  if (rows[0] === undefined) throw webhookErrors.notFound({ what: 'delivery', id });
  return rows[0];
}

async function readAttempts(request: FastifyRequest): Promise<object> {
  const id = deliveryIdOf(request);
  const { rows } = await asCaller(request.ashlar, (tx) =>
    tx.query(
      `select a.at, a.duration_ms, a.status, a.error, a.request_headers, a.response_headers, a.response_body
         from webhooks.attempts a where a.delivery_id = $1 order by a.id desc limit 100`,
      [id],
    ),
  );
  return { attempts: rows };
}

async function replayOne(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const id = deliveryIdOf(request);
  const replayed = await asService('webhooks', request.ashlar, async (tx) => {
    const known = await tx.query<{ endpoint_id: string; enabled: boolean | null }>(
      `select d.endpoint_id, e.enabled from webhooks.deliveries d
         left join webhooks.endpoints e on e.id = d.endpoint_id where d.id = $1`,
      [id],
    );
    const [delivery] = known.rows;
    if (delivery === undefined) throw webhookErrors.notFound({ what: 'delivery', id });
    if (delivery.enabled !== true) throw webhookErrors.endpointDisabled({ id: delivery.endpoint_id });
    const { rows } = await tx.query<{ count: number }>('select webhooks.replay(array[$1::bigint]) as count', [id]);
    await tx.query('select pg_notify($1, $2)', [MORE_CHANNEL, '']);
    return rows[0]?.count === 1;
  });
  if (!replayed) throw webhookErrors.deliveryPending({ id });
  return reply.code(202).send({ delivery_id: id });
}

async function replayMany(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const asked = readNewReplay(request);
  const replay = await asService('webhooks', request.ashlar, async (tx) => {
    await tx.query(`select pg_advisory_xact_lock(hashtext('webhooks.replays'))`);
    const waiting = await tx.query<{ count: number }>(
      'select count(*)::int as count from webhooks.replays where finished_at is null',
    );
    if ((waiting.rows[0]?.count ?? 0) >= MAX_REPLAYS_WAITING) {
      throw webhookErrors.tooMany({ most: MAX_REPLAYS_WAITING, what: 'replays at a time' });
    }
    const { rows } = await tx.query(
      `insert into webhooks.replays as r (endpoint_id, state, event_type, since, until, at_most, last_id)
       select $1::uuid, $2, $3, $4::timestamptz, $5::timestamptz, $6::int, coalesce(max(id), 0) from webhooks.deliveries
       returning ${REPLAY}`,
      [
        asked.endpoint_id ?? null,
        asked.state ?? null,
        asked.event_type ?? null,
        asked.since ?? null,
        asked.until ?? null,
        asked.limit,
      ],
    );
    await tx.query('select pg_notify($1, $2)', [MORE_CHANNEL, '']);
    return rows[0];
  });
  return reply.code(202).send(replay);
}

async function readReplay(request: FastifyRequest): Promise<object> {
  const id = replayIdOf(request);
  const { rows } = await asCaller(request.ashlar, (tx) =>
    tx.query(`select ${REPLAY} from webhooks.replays r where r.id = $1`, [id]),
  );
  if (rows[0] === undefined) throw webhookErrors.notFound({ what: 'replay', id });
  return rows[0];
}
