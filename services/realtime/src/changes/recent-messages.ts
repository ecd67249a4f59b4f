import type { Project } from '@ashlar/service';
import type { Delivery, Payload } from '../wire/frame.ts';
import type { ReplayRequest } from '../wire/join-request.ts';
import { TOPIC_PREFIX } from '../channel/rooms.ts';

const STATEMENT_TIMEOUT_MS = 3_000;
const SQL = `
  select id, event, payload::text, encode(binary_payload, 'base64')
  from realtime.recent_messages($1, to_timestamp($2::double precision / 1000) at time zone 'UTC', $3::integer)`;

/** The latest stored messages of a private topic, oldest first, as they are delivered anew. */
export async function recentMessages(
  { database }: Project,
  name: string,
  { sinceMs, limit }: ReplayRequest,
): Promise<readonly Delivery[]> {
  const { rows } = await database.call({
    login: 'service',
    role: 'realtime',
    settings: [],
    readOnly: true,
    connection: 'own',
    statementTimeoutMs: STATEMENT_TIMEOUT_MS,
    statement: { text: SQL, values: [name, String(sinceMs), String(limit)] },
  });
  return rows.toReversed().map(([id, event, json, base64]): Delivery => {
    const payload: Payload =
      json == null && base64 != null
        ? { kind: 'binary', bytes: Buffer.from(base64, 'base64') }
        : { kind: 'json', json: json ?? '{}' };
    return { topic: TOPIC_PREFIX + name, event: event ?? '', payload, meta: JSON.stringify({ replayed: true, id }) };
  });
}
