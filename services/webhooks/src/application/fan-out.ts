import { must, type DomainEvent } from '@ashlar/kernel';
import type { Transaction } from '@ashlar/postgres';
import { cloudEvent, routeEvents, type Wishes } from '../domain/route-events.ts';
import type { TableChanges } from '../domain/row-change.ts';

interface WishesRow extends Record<string, unknown> {
  readonly id: string;
  readonly event_types: readonly string[];
  readonly ordered: boolean;
  readonly tables: readonly TableChanges[];
}

/** Turns events into deliveries, in the transaction that remembers that this was done. */
export async function fanOut(events: readonly DomainEvent[], tx: Transaction, channel: string): Promise<void> {
  const { rows } = await tx.query<WishesRow>(WISHES);
  const endpoints = rows.map(({ event_types: eventTypes, ...rest }): Wishes => ({ ...rest, eventTypes }));
  const routed = routeEvents(endpoints, events);
  if (routed.length === 0) return;
  const messages = [...new Map(routed.map(({ event }) => [event.id, event])).values()];
  const ordered = [...new Set(routed.filter(({ key }) => key !== null).map(({ endpointId }) => endpointId))];
  const entries = routed.map(({ endpointId, event, key }, position) => ({
    position,
    endpoint_id: endpointId,
    event_id: event.id,
    event_type: event.type,
    key,
  }));
  await Promise.all([
    // What ends at this moment would not make due what begins to wait for it.
    ordered.length === 0 ? null : tx.query(LOCK_STATES, [ordered]),
    addMessages(tx, messages),
    tx.query('select webhooks.add_deliveries($1::jsonb)', [JSON.stringify(entries)]),
    tx.query('select pg_notify($1, $2)', [channel, '']),
  ]);
}

/** Adds one message for one endpoint, such as a test. @returns The id of the delivery. */
export async function addDelivery(
  tx: Transaction,
  endpointId: string,
  event: DomainEvent,
  channel: string,
): Promise<string> {
  const entry = { position: 0, endpoint_id: endpointId, event_id: event.id, event_type: event.type, key: null };
  await addMessages(tx, [event]);
  await tx.query('select webhooks.add_deliveries($1::jsonb)', [JSON.stringify([entry])]);
  const { rows } = await tx.query<{ id: string }>(
    'select id::text from webhooks.deliveries where event_id = $1 and endpoint_id = $2',
    [event.id, endpointId],
  );
  await tx.query('select pg_notify($1, $2)', [channel, '']);
  return must(rows[0], 'the delivery just added').id;
}

async function addMessages(tx: Transaction, events: readonly DomainEvent[]): Promise<void> {
  await tx.query(
    `insert into webhooks.messages (id, type, body)
     select * from unnest($1::uuid[], $2::text[], $3::text[]) on conflict do nothing`,
    [events.map(({ id }) => id), events.map(({ type }) => type), events.map(cloudEvent)],
  );
}

const WISHES = `
  select e.id, e.event_types, e.ordered,
         coalesce((select jsonb_agg(jsonb_build_object('schema', t.schema_name, 'table', t.table_name,
                                                       'operations', t.operations, 'conditions', t.conditions))
                     from webhooks.table_changes t where t.endpoint_id = e.id), '[]') as tables
    from webhooks.endpoints e where e.enabled`;

const LOCK_STATES = `
  select from webhooks.endpoint_states where endpoint_id = any ($1::uuid[]) order by endpoint_id for update`;
