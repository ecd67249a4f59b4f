import type { DomainEvent, Suite } from '@ashlar/kernel';
import type { ProjectDatabase } from '@ashlar/postgres';
import type { Invocation } from '../invocation.ts';

/** On behalf of the event's organisation and actor, whose right to cause it was asked when it was. */
export function invocationOf(event: DomainEvent, suite: Suite, database: ProjectDatabase): Invocation {
  return {
    database,
    caller: { role: suite.name, claims: event.actor === null ? {} : { sub: event.actor } },
    via: 'event',
    requestId: event.id,
    orgId: event.orgid ?? undefined,
    traceparent: event.traceparent ?? undefined,
    trusted: true,
  };
}
