import type { ConsumerConfig, JetStreamManager, StreamConfig } from '@nats-io/jetstream';
import { busErrors } from './bus-errors.ts';

const NANOS_PER_MS = 1_000_000;
/** What is older or more is read from the database by whom it concerns. */
const MAX_AGE_MS = 3_600_000;
const MAX_BYTES = 256 * 1024 * 1024;
/** Within it a batch sent again is known. */
const DUPLICATES_MS = 120_000;
/** A follower that is away for longer reads from the database anyway. */
const INACTIVE_MS = 3_600_000;
const ACK_WAIT_MS = 30_000;
const NOT_FOUND = new Set(['StreamNotFoundError', 'ConsumerNotFoundError']);

/** Makes the stream of an instance if there is none, on what a server of version 2.9 offers. */
export async function ensureStream(manager: JetStreamManager, name: string, subjects: string): Promise<void> {
  const wanted = {
    name,
    subjects: [subjects],
    retention: 'limits',
    storage: 'file',
    discard: 'old',
    max_age: MAX_AGE_MS * NANOS_PER_MS,
    max_bytes: MAX_BYTES,
    duplicate_window: DUPLICATES_MS * NANOS_PER_MS,
  } as const satisfies Partial<StreamConfig>;
  const found = await manager.streams.info(name).catch(nullWhenMissing);
  const { config } = found ?? (await manager.streams.add(wanted));
  refuseOther(wanted, { ...config });
}

/** Makes the durable consumer of a follower if there is none. @returns Whether it goes on where it left off. */
export async function ensureConsumer(
  manager: JetStreamManager,
  stream: string,
  { name, subject }: { readonly name: string; readonly subject: string },
): Promise<void> {
  const wanted = {
    durable_name: name,
    filter_subject: subject,
    ack_policy: 'explicit',
    deliver_policy: 'new',
    ack_wait: ACK_WAIT_MS * NANOS_PER_MS,
    inactive_threshold: INACTIVE_MS * NANOS_PER_MS,
  } as const satisfies Partial<ConsumerConfig>;
  const found = await manager.consumers.info(stream, name).catch(nullWhenMissing);
  const { config } = found ?? (await manager.consumers.add(stream, wanted));
  refuseOther(wanted, { ...config });
}

function nullWhenMissing(error: unknown): null {
  if (error instanceof Error && NOT_FOUND.has(error.name)) return null;
  throw error;
}

/** A server leaves out silently what it does not know. */
function refuseOther(wanted: Readonly<Record<string, unknown>>, got: Readonly<Record<string, unknown>>): void {
  for (const [option, value] of Object.entries(wanted)) {
    if (JSON.stringify(got[option]) === JSON.stringify(value)) continue;
    throw busErrors.relayUnsupported({ option });
  }
}
