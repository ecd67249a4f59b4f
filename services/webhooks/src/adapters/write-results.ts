import { emitEvent, type Transaction } from '@ashlar/postgres';
import type { Exchanged, Result } from '../application/claimed.ts';
import type { DeliveryTerms } from '../domain/retry-schedule.ts';

const GONE = 410;

/** Takes down what came of deliveries this worker had claimed. @returns The endpoints that were disabled by it. */
export async function writeResults(
  tx: Transaction,
  worker: string,
  results: readonly Result[],
  terms: DeliveryTerms,
): Promise<Exchanged['disabled']> {
  if (results.length === 0) return [];
  const outcomes = outcomesOf(results);
  const finished = results.filter(({ delivery, next }) => delivery.key !== null && typeof next === 'string');
  const contended = new Set([
    ...finished.map(({ delivery }) => delivery.receiver.id),
    ...outcomes.filter(({ ok }) => !ok).map(({ endpoint_id }) => endpoint_id),
  ]);
  // In one order, so that two workers never wait for each other.
  const locked = tx.query(
    `select from webhooks.endpoint_states
      where endpoint_id = any ($1::uuid[]) and (failures > 0 or endpoint_id = any ($2::uuid[]))
      order by endpoint_id for update`,
    [outcomes.map(({ endpoint_id }) => endpoint_id), [...contended]],
  );
  const written = tx.query(UPDATE_DELIVERIES, [JSON.stringify(results.map(rowOf)), worker]);
  const logged = tx.query(INSERT_ATTEMPTS, [JSON.stringify(results.map(attemptRow))]);
  const states = tx.query<{ endpoint_id: string; is_failing: boolean }>(UPDATE_STATES, [
    JSON.stringify(outcomes),
    terms.breakerAfter,
    terms.pauseSeconds.first,
    terms.pauseSeconds.longest,
    terms.disableAfter.days,
    terms.disableAfter.failures,
  ]);
  const freed =
    finished.length === 0
      ? null
      : tx.query('select webhooks.free_next($1::uuid[], $2::text[])', [
          finished.map(({ delivery }) => delivery.receiver.id),
          finished.map(({ delivery }) => delivery.key),
        ]);
  const [, , , { rows }] = await Promise.all([locked, written, logged, states, freed]);
  const gone = new Set(
    results.filter(({ attempt }) => attempt.status === GONE).map(({ delivery }) => delivery.receiver.id),
  );
  const failing = rows.filter(({ endpoint_id, is_failing }) => is_failing && !gone.has(endpoint_id));
  return [
    ...(await disable(tx, [...gone], 'gone')),
    ...(await disable(
      tx,
      failing.map(({ endpoint_id }) => endpoint_id),
      'failing',
    )),
  ];
}

/** Only what this worker still holds: after its time another one may have made it, or be about to. */
const UPDATE_DELIVERIES = `
  update webhooks.deliveries d
     set state = r.state, attempts = d.attempts + 1, tries = d.tries + 1, claimed_by = null,
         next_at = case when r.state = 'pending' then clock_timestamp() + r.in_seconds * interval '1 s' end,
         finished_at = case when r.state <> 'pending' then clock_timestamp() end,
         last_status = r.status, last_error = r.error
    from jsonb_to_recordset($1::jsonb) r(id bigint, state text, in_seconds float8, status integer, error text)
   where d.id = r.id and d.claimed_by = $2::uuid and d.state = 'pending'`;

const INSERT_ATTEMPTS = `
  insert into webhooks.attempts
    (delivery_id, at, duration_ms, status, error, request_headers, response_headers, response_body)
  select * from jsonb_to_recordset($1::jsonb) r(delivery_id bigint, at timestamptz, duration_ms integer, status integer,
    error text, request_headers jsonb, response_headers jsonb, response_body text)
  on conflict do nothing`;

const UPDATE_STATES = `
  update webhooks.endpoint_states s
     set failures = case when r.ok then 0 else s.failures + r.failed end,
         failing_since = case when not r.ok then coalesce(s.failing_since, now()) end,
         pause_seconds = p.seconds,
         paused_until = clock_timestamp() + p.seconds * interval '1 s'
    from jsonb_to_recordset($1::jsonb) r(endpoint_id uuid, ok boolean, failed integer)
    join webhooks.endpoint_states o on o.endpoint_id = r.endpoint_id
   cross join lateral (select case when not r.ok and o.failures + r.failed >= $2::integer
                                   then least(coalesce(o.pause_seconds * 2, $3::float8), $4::float8) end as seconds) p
   where s.endpoint_id = r.endpoint_id and (s.failures > 0 or not r.ok)
  returning s.endpoint_id, s.failing_since < now() - $5::float8 * interval '1 day' and s.failures >= $6::integer as is_failing`;

async function disable(
  tx: Transaction,
  endpoints: readonly string[],
  reason: 'gone' | 'failing',
): Promise<Exchanged['disabled']> {
  if (endpoints.length === 0) return [];
  const { rows } = await tx.query<{ id: string; url: string }>(
    `update webhooks.endpoints set enabled = false, disabled_at = now(), disabled_reason = $2, version = version + 1
      where id = any ($1::uuid[]) and enabled returning id, url`,
    [endpoints, reason],
  );
  for (const { id } of rows) {
    await emitEvent(tx, { type: 'webhooks.endpoint.disabled', subject: id, data: { endpointId: id, reason } });
  }
  return rows.map(({ id }) => ({ endpointId: id, reason }));
}

interface Outcome {
  readonly endpoint_id: string;
  /** Whether one attempt of them went well: then the endpoint is alive. */
  readonly ok: boolean;
  readonly failed: number;
}

function outcomesOf(results: readonly Result[]): readonly Outcome[] {
  const byEndpoint = Map.groupBy(results, ({ delivery }) => delivery.receiver.id);
  return [...byEndpoint].map(([endpoint_id, of]) => ({
    endpoint_id,
    ok: of.some(({ attempt }) => attempt.error === null),
    failed: of.filter(({ attempt }) => attempt.error !== null).length,
  }));
}

function rowOf({ delivery, attempt, next }: Result): object {
  return {
    id: String(delivery.id),
    state: typeof next === 'string' ? next : 'pending',
    in_seconds: typeof next === 'string' ? null : next.inSeconds,
    status: attempt.status,
    error: attempt.error,
  };
}

function attemptRow({ delivery, attempt }: Result): object {
  return {
    delivery_id: String(delivery.id),
    at: attempt.at.toISOString(),
    duration_ms: attempt.durationMs,
    status: attempt.status,
    error: attempt.error,
    request_headers: attempt.requestHeaders,
    response_headers: attempt.responseHeaders,
    response_body: attempt.responseBody,
  };
}
