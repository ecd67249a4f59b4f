import type { Lsn } from '@ashlar/postgres';
import type { Caller } from '@ashlar/service';
import type { Encoded } from '../channel/outgoing.ts';
import type { Serializer } from '../wire/frame.ts';
import type { ChangeRequest } from '../wire/join-request.ts';
import type { SettledFilter } from './filter-match.ts';

/** One entry of `postgres_changes` a client joined with. */
export interface TableSubscription {
  readonly id: number;
  readonly event: ChangeRequest['event'];
  /** Null for any. */
  readonly schema: string | null;
  readonly table: string | null;
  readonly filters: readonly SettledFilter[];
  /** Columns wanted besides the key; null for all. */
  readonly columns: ReadonlySet<string> | null;
}

/** The channel that wants to hear of changes. */
export interface ChangeListener {
  readonly caller: Caller;
  readonly topic: string;
  readonly serializer: Serializer;
  deliver(encoded: Encoded): void;
  system(extension: string, status: 'ok' | 'error', message: string): void;
}

/** A channel with its subscriptions, and where in the order of changes it is. */
export interface Subscriber {
  readonly listener: ChangeListener;
  readonly subscriptions: readonly TableSubscription[];
  /** Frames say where in the log they stand. */
  readonly wantsPosition: boolean;
  /** What was committed before it subscribed is none of its business, though the log may tell of it later. */
  readonly sinceLsn: Lsn;
  /** The first change it has not been told of. */
  nextSeq: number;
  isGone: boolean;
}

export function concerns({ schema, table }: TableSubscription, of: { schema: string; name: string }): boolean {
  return (schema === null || schema === of.schema) && (table === null || table === of.name);
}

const GAP = 'Changes may have been missed: read the tables anew';

export function tellOfGap(subscribers: Iterable<Subscriber>): void {
  for (const { listener } of subscribers) listener.system('postgres_changes', 'error', GAP);
}
