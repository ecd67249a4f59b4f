/** A fact of the domain as a use case states it; id, source, time and actor are added where it is written. */
export interface NewEvent {
  /** `suite.aggregate.past_tense`, such as `order.order.placed`; at most 200 characters. */
  readonly type: string;
  /** Id of the aggregate it is about, at most 500 characters; events of one subject are delivered in order. */
  readonly subject: string | null;
  /** What consumers need: ids and figures, neither secrets nor personal data. At most 256 KiB as JSON. */
  readonly data: Readonly<Record<string, unknown>>;
  /** URI of the schema `data` follows. */
  readonly dataschema?: string;
  /** Version of the aggregate this event made. */
  readonly aggregateversion?: number;
  /** Id of the event or command that caused this one. */
  readonly causationid?: string;
  /** Id all events of one business process share. */
  readonly correlationid?: string;
}

/** A fact as consumers receive it: CloudEvents 1.0 with our extensions, null where the emitter said nothing. */
export interface DomainEvent {
  readonly specversion: '1.0';
  /** UUID of version 7; equal ids are one event. */
  readonly id: string;
  /** Database and role it came from. */
  readonly source: string;
  readonly type: string;
  readonly subject: string | null;
  /** ISO 8601: when the transaction of its cause began. */
  readonly time: string;
  readonly dataschema: string | null;
  readonly data: Readonly<Record<string, unknown>>;
  /** Organisation of the claims the transaction ran with. */
  readonly orgid: string | null;
  readonly aggregateversion: number | null;
  /** Subject of the claims the transaction ran with. */
  readonly actor: string | null;
  readonly causationid: string | null;
  readonly correlationid: string | null;
  readonly traceparent: string | null;
}

/** Events of one aggregate are delivered in order; those of different ones in any. */
export function aggregateOf({ id, type, subject }: Pick<DomainEvent, 'id' | 'type' | 'subject'>): string {
  // Without a subject an event stands for itself.
  return subject === null ? id : `${type.split('.', 2).join('.')}/${subject}`;
}
