import type { DomainEvent } from '@ashlar/kernel';
import type { ProjectDatabase, Transaction } from '../session/call.ts';
import { RETRY_NOTE } from './event-delivery.ts';
import { eventErrors } from './event-errors.ts';

const TIMEOUT_MS = 30_000;
const MAX_LISTED = 1_000;

/** An event a consumer has failed on, or that stands behind such a one in its aggregate. */
export interface DeadLetter {
  readonly consumer: string;
  readonly event: DomainEvent;
  /** `dead`: given up. `retrying`: will be tried again. `waiting`: has not been tried, because one before it failed. */
  readonly state: 'dead' | 'retrying' | 'waiting';
  readonly attempts: number;
  readonly error: string | null;
  readonly nextAt: Date | null;
  readonly parkedAt: Date;
}

export interface DeadLetterQuery {
  readonly consumer?: string;
  readonly state?: DeadLetter['state'];
  /** At most 1,000, which is also the default. */
  readonly limit?: number;
}

/** The oldest first. */
export function listDeadLetters(
  database: ProjectDatabase,
  query: DeadLetterQuery = {},
): Promise<readonly DeadLetter[]> {
  const limit = Math.max(1, Math.min(Math.trunc(query.limit ?? MAX_LISTED), MAX_LISTED));
  return asDeliverer(database, async (tx) => {
    const { rows } = await tx.query<DeadLetter & Record<string, unknown>>(
      `select consumer, event, state, attempts, error, next_at as "nextAt", parked_at as "parkedAt"
         from events.dead_letters
        where ($1::text is null or consumer = $1::text) and ($2::text is null or state = $2::text)
        order by parked_at, seq limit $3::int`,
      [query.consumer ?? null, query.state ?? null, limit],
    );
    return rows;
  });
}

/**
 * Tries given-up events of a consumer again, with all their attempts, and then what waits behind them. It begins as
 * soon as the consumer hears of it, in whatever process it runs.
 *
 * @param eventId One event; without it all the consumer has given up.
 * @returns How many will be tried again.
 */
export function replayDeadLetters(
  database: ProjectDatabase,
  { consumer, eventId }: { readonly consumer: string; readonly eventId?: string },
): Promise<number> {
  return asDeliverer(database, async (tx) => {
    const { rowCount } = await tx.query(
      `update events.dead_letters set state = 'retrying', attempts = 0, next_at = now()
        where consumer = $1::text and state = 'dead' and ($2::text is null or event_id::text = $2::text)`,
      [consumer, eventId ?? null],
    );
    if (rowCount > 0) await tell(tx, consumer);
    return rowCount;
  });
}

/**
 * Gives an event up for good; what waits behind it is tried.
 *
 * @throws {AshlarError} `events.dead_letter_unknown`.
 */
export async function discardDeadLetter(
  database: ProjectDatabase,
  { consumer, eventId }: { readonly consumer: string; readonly eventId: string },
): Promise<void> {
  await asDeliverer(database, async (tx) => {
    const { rows } = await tx.query<{ found: boolean }>('select events.discard($1, $2) as found', [consumer, eventId]);
    if (rows[0]?.found !== true) throw eventErrors.deadLetterUnknown({ consumer, eventId });
    await tell(tx, consumer);
  });
}

/** Heard through the log, when the transaction has committed. */
async function tell(tx: Transaction, consumer: string): Promise<void> {
  await tx.query('select pg_logical_emit_message(true, $1, $2::text)', [RETRY_NOTE, consumer]);
}

function asDeliverer<Result>(database: ProjectDatabase, run: (tx: Transaction) => Promise<Result>): Promise<Result> {
  return database.transaction({ login: 'service', role: 'events', statementTimeoutMs: TIMEOUT_MS }, run);
}
