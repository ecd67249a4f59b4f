import type { LogChange } from '@ashlar/postgres';
import type { Publication } from '../channel/rooms.ts';
import { parseJson, type Payload } from '../wire/frame.ts';

/** A row put into `realtime.messages`, as the members of its topic hear it; null for what is none for them. */
export function storedMessage(change: LogChange): Publication | null {
  if (change.kind !== 'insert') return null;
  const { relation, row } = change;
  if (relation.schema !== 'realtime' || relation.name !== 'messages') return null;
  const value = (name: string): string | null =>
    row[relation.columns.findIndex((column) => column.name === name)] ?? null;
  const [id, topic, event] = [value('id'), value('topic'), value('event')];
  if (value('extension') !== 'broadcast' || id === null || topic === null) return null;
  return {
    name: topic,
    isPrivate: value('private') === 't',
    event: event ?? '',
    payload: payloadOf(value('payload'), value('binary_payload')),
    meta: JSON.stringify({ id }),
  };
}

function payloadOf(json: string | null, hex: string | null): Payload {
  if (json === null && hex !== null) return { kind: 'binary', bytes: Buffer.from(hex.replace(/^\\x/, ''), 'hex') };
  return { kind: 'json', json: json === null || parseJson(json) === undefined ? '{}' : json };
}
