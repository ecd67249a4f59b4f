import type { DomainEvent } from '@ashlar/kernel';
import type { LoggedEvent } from '../stream/log-batch.ts';
import type { Relation, Row } from '../stream/log-message.ts';

export function isEventLog(relation: Relation): boolean {
  return relation.schema === 'events' && relation.name === 'log';
}

/** @returns null for an event from before there was delivery, which has no place in an order. */
export function readEventRow(relation: Relation, row: Row): LoggedEvent | null {
  const byName = new Map(relation.columns.map(({ name }, index) => [name, row[index] ?? null]));
  return toLoggedEvent((name) => byName.get(name) ?? null);
}

/**
 * An event from the texts of its columns.
 *
 * @throws {SyntaxError} When `data` is no JSON, which the column's type rules out.
 */
export function toLoggedEvent(column: (name: string) => string | null): LoggedEvent | null {
  const seq = column('seq');
  if (seq === null) return null;
  const version = column('aggregateversion');
  const data = column('data') ?? '{}';
  const event: DomainEvent = {
    specversion: '1.0',
    id: column('id') ?? '',
    source: column('source') ?? '',
    type: column('type') ?? '',
    subject: column('subject'),
    time: toIsoTime(column('time') ?? ''),
    dataschema: column('dataschema'),
    // The function that writes the log takes any JSON; objects are what its callers are told to give.
    data: JSON.parse(data) as DomainEvent['data'],
    orgid: column('org'),
    aggregateversion: version === null ? null : Number(version),
    actor: column('actor'),
    causationid: column('causationid'),
    correlationid: column('correlationid'),
    traceparent: column('traceparent'),
  };
  return { event, seq: BigInt(seq), sizeBytes: data.length };
}

/**
 * `2026-11-21 06:35:38.123456+00` as ISO 8601 with all its digits: the event's row is found by it again.
 * Connections here have their time zone set to UTC.
 */
function toIsoTime(text: string): string {
  return text.replace(' ', 'T').replace(/\+00(:?00)?$/, 'Z');
}
