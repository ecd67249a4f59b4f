import type { z } from 'zod';
import type { NewEvent } from './event.ts';

/** Contract of a fact: its name, what it means, and the shape consumers may rely on. */
export interface EventType<Data extends z.ZodType = z.ZodType> {
  /** `suite.aggregate.past_tense`. */
  readonly type: string;
  readonly summary: string;
  readonly data: Data;
  /** A fact of this type, ready to be emitted. */
  readonly of: (fact: EventFact<Data>) => NewEvent;
}

export interface EventFact<Data extends z.ZodType> {
  /** Id of the aggregate; its facts are delivered in the order in which they were committed. */
  readonly subject: string;
  /**
   * Version of the aggregate this fact made, where facts of one aggregate are committed side by side: they are delivered in
   * this order. Only where each version makes a fact: for one that is missing all wait.
   */
  readonly version?: number;
  readonly data: z.output<Data>;
}

const TYPE = /^[a-z][a-z0-9_-]*(\.[a-z][a-z0-9_-]*){2}$/;

/**
 * Declares a type of event. Its schema may gain members and lose none: a breaking change is a new type beside it.
 *
 * @throws {Error} For a name that is not `suite.aggregate.past_tense`.
 */
export function eventType<Data extends z.ZodType>(
  type: string,
  { summary, data }: { readonly summary: string; readonly data: Data },
): EventType<Data> {
  if (!TYPE.test(type)) throw new Error(`An event type looks like order.order.placed, got ${type}`);
  return {
    type,
    summary,
    data,
    of: ({ subject, version, data: content }) => ({
      type,
      subject,
      // The wire's side of the schema: what leaves is what the document promises, or the command fails.
      data: data.encode(content) as NewEvent['data'],
      ...(version === undefined ? {} : { aggregateversion: version }),
    }),
  };
}
