import type { ProjectDatabase, Transaction } from '../session/call.ts';
import { DELIVERER } from './delivery-store.ts';

/** Prefix of the note that says up to which place all events stand before it; the content is the place. */
export const MARK_NOTE = 'events.mark';

const TIMEOUT_MS = 30_000;

/** Partitions are locked too; the log as a whole is by everybody. */
const WRITERS = `from pg_catalog.pg_locks
  where locktype = 'relation' and relation = 'events.log'::regclass and mode = 'RowExclusiveLock'
    and database = (select oid from pg_catalog.pg_database where datname = current_database())`;

/** A place in the order of events, and the transactions that may still add events before it. */
export interface LogFrontier {
  readonly seq: bigint;
  readonly writers: readonly string[];
}

/**
 * Up to where consumers have dealt with everything. Places are taken in the order of the events but become visible in
 * that of the commits, so a place is a mark only when nobody can add an event before it any more.
 */
export class LogMarks {
  readonly #database: ProjectDatabase;

  constructor(database: ProjectDatabase) {
    this.#database = database;
  }

  /**
   * How far the log has been written. Who adds an event locks the log before its place is taken, until the end of its
   * transaction.
   */
  frontier(): Promise<LogFrontier> {
    return this.#run(async (tx) => {
      const { rows } = await tx.query<{ seq: string }>(
        'select (case when is_called then last_value else 0 end)::text as seq from events.log_seq',
      );
      // Asked after the place was read: whoever took an earlier one has the lock by now, or is done.
      const writers = await tx.query<{ writer: string }>(`select distinct virtualtransaction as writer ${WRITERS}`);
      return { seq: BigInt(rows[0]?.seq ?? '0'), writers: writers.rows.map(({ writer }) => writer) };
    });
  }

  /** Nobody can add an event before the frontier any more, and all that are there can be seen. */
  async isSettled({ writers }: LogFrontier): Promise<boolean> {
    if (writers.length === 0) return true;
    const { rows } = await this.#run((tx) =>
      tx.query<{ writing: boolean }>(
        `select exists (select ${WRITERS} and virtualtransaction = any ($1::text[])) as writing`,
        [writers],
      ),
    );
    return rows[0]?.writing !== true;
  }

  /** Whether these transactions are over for whoever looks now: the log is read a moment before they are. */
  async areVisible(xids: readonly number[]): Promise<boolean> {
    const { rows } = await this.#run((tx) =>
      tx.query<{ running: boolean }>(
        `select exists (select from pg_locks
                         where locktype = 'transactionid' and transactionid::text = any ($1::text[]) and granted) as running`,
        [xids.map(String)],
      ),
    );
    return rows[0]?.running !== true;
  }

  /** The consumer has dealt with everything up to there; reading what it missed begins after it. */
  async set(consumer: string, seq: bigint): Promise<void> {
    await this.#run((tx) =>
      tx.query('update events.consumers set since_seq = $2::bigint where consumer = $1 and since_seq < $2::bigint', [
        consumer,
        String(seq),
      ]),
    );
  }

  /** Says in the log itself that all events up to there stand before this place. */
  async note(seq: bigint): Promise<void> {
    await this.#run((tx) => tx.query('select pg_logical_emit_message(true, $1, $2::text)', [MARK_NOTE, String(seq)]));
  }

  #run<Result>(run: (tx: Transaction) => Promise<Result>): Promise<Result> {
    return this.#database.transaction({ login: 'service', role: DELIVERER, statementTimeoutMs: TIMEOUT_MS }, run);
  }
}

/** What is known of the settled part of the log from one reading of it to the next, without waiting for anybody. */
export class SettledPlace {
  readonly #marks: LogMarks;
  /** Of an earlier time, when somebody still wrote before it. */
  #frontier: LogFrontier | null = null;

  constructor(marks: LogMarks) {
    this.#marks = marks;
  }

  /** @returns Up to where a reading that begins now will find all there will ever be; null when it is not known. */
  async find(): Promise<bigint | null> {
    const earlier = this.#frontier;
    const latest = await this.#marks.frontier();
    this.#frontier = latest.writers.length === 0 ? null : latest;
    if (latest.writers.length === 0) return latest.seq;
    if (earlier === null) return null;
    if (await this.#marks.isSettled(earlier)) return earlier.seq;
    // The same transactions again, or it would never be known.
    this.#frontier = earlier;
    return null;
  }
}
