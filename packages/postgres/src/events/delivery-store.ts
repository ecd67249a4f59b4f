import { aggregateOf, type DomainEvent } from '@ashlar/kernel';
import type { ProjectDatabase, Transaction } from '../session/call.ts';
import type { LoggedEvent } from '../stream/log-batch.ts';
import { toLoggedEvent } from './read-event-row.ts';

/** Reads the log's tables and keeps the books of all consumers; owns nothing. */
export const DELIVERER = 'events';
const TIMEOUT_MS = 30_000;

/** Behind by more than that, it is cheaper to compare whole days. */
const FAR_EVENTS = 50_000n;
const STEP_BY_STEP = `select ${['hashjoin', 'mergejoin', 'seqscan', 'bitmapscan']
  .map((way) => `set_config('enable_${way}', 'off', true)`)
  .join(', ')}`;

export type Taken = 'taken' | 'repeated' | 'blocked' | 'early';
export type Retaken = 'taken' | 'repeated' | 'gone';

/** An event that failed, or stands behind one that did. */
export interface ParkedEvent {
  readonly event: DomainEvent;
  readonly attempts: number;
  /** It has waited for an earlier version of its aggregate for as long as it may. */
  readonly waitedInVain: boolean;
}

/** What stands as the error of an event that nothing is wrong with but that a version before it is missing. */
export const VERSION_MISSING = 'Waits for the version before it';

interface Parking {
  readonly state: 'retrying' | 'waiting' | 'dead';
  readonly attempts: number;
  readonly retryInMs: number | null;
  readonly error: string | null;
}

/** What the schema `events` remembers of deliveries. */
export class DeliveryStore {
  readonly #database: ProjectDatabase;

  constructor(database: ProjectDatabase) {
    this.#database = database;
  }

  /** From now on events are the business of these consumers, though nobody reads the log for them yet. */
  async enter(served: ReadonlyMap<string, readonly string[]>): Promise<void> {
    await this.#run((tx) => this.#insertMissing(tx, served));
  }

  /**
   * Enters who is served by this reader from now on, and takes down that nobody else hears what is read now.
   *
   * @param reader Of this connection alone.
   * @returns Those who have not heard everything before.
   */
  async register(served: ReadonlyMap<string, readonly string[]>, reader: string): Promise<ReadonlySet<string>> {
    const consumers = [...served].flatMap(([consumer, types]) => types.map(() => consumer));
    const types = [...served.values()].flat();
    return this.#run(async (tx) => {
      await tx.query(
        `update events.consumers set behind = true, reader = null
          where consumer <> all ($1::text[]) and (not behind or reader is not null)`,
        [[...served.keys()]],
      );
      await tx.query(
        `delete from events.consumers c where consumer = any ($1::text[])
           and not exists (select from unnest($1::text[], $2::text[]) w(consumer, type)
                            where w.consumer = c.consumer and w.type = c.type)`,
        [consumers, types],
      );
      await this.#insertMissing(tx, served);
      const { rows } = await tx.query<{ consumer: string; behind: boolean }>(
        `update events.consumers set reader = $2::uuid where consumer = any ($1::text[]) returning consumer, behind`,
        [consumers, reader],
      );
      return new Set(rows.flatMap(({ consumer, behind }) => (behind ? [consumer] : [])));
    });
  }

  /** @param consumer null: all of them, whoever serves them. */
  async setBehind(consumer: string | null): Promise<void> {
    await this.#run((tx) =>
      tx.query(
        `update events.consumers set behind = true, reader = case when $1::text is null then null else reader end
          where $1::text is null or consumer = $1::text`,
        [consumer],
      ),
    );
  }

  /** Has no effect when another reader serves the consumer meanwhile, or there was a gap since. */
  async setCaughtUp(consumer: string, reader: string): Promise<void> {
    await this.#run((tx) =>
      tx.query('update events.consumers set behind = false where consumer = $1 and reader = $2::uuid', [
        consumer,
        reader,
      ]),
    );
  }

  /** Types of events that consumers want which are none of these: other processes serve them, or nobody does. */
  async foreignTypes(served: Iterable<string>): Promise<readonly string[]> {
    const { rows } = await this.#run((tx) =>
      tx.query<{ type: string }>('select distinct type from events.consumers where consumer <> all ($1::text[])', [
        [...served],
      ]),
    );
    return rows.map(({ type }) => type);
  }

  /** Those of these consumers whom the process that reads the log does not serve. */
  async unserved(served: Iterable<string>): Promise<ReadonlySet<string>> {
    const { rows } = await this.#run((tx) =>
      tx.query<{ consumer: string }>(
        'select distinct consumer from events.consumers where consumer = any ($1::text[]) and reader is null',
        [[...served]],
      ),
    );
    return new Set(rows.map(({ consumer }) => consumer));
  }

  /** Whether a parked event of these consumers will be tried again. It does not count as use of the project. */
  async isRetrying(served: Iterable<string>): Promise<boolean> {
    const names = `{${[...served].map((name) => `"${name}"`).join(',')}}`;
    const { length } = await this.#database.call({
      login: 'service',
      role: DELIVERER,
      settings: [],
      readOnly: true,
      connection: 'own',
      background: true,
      statementTimeoutMs: TIMEOUT_MS,
      statement: {
        text: `select from events.dead_letters where consumer = any ($1::text[]) and state = 'retrying' limit 1`,
        values: [names],
      },
    });
    return length > 0;
  }

  /** To be asked in the transaction of the effects, which runs as the role the consumer's name begins with. */
  async take(tx: Transaction, consumer: string, event: DomainEvent, visible: boolean): Promise<Taken> {
    const { rows } = await tx.query<{ taken: Taken }>('select events.take($1, $2, $3, $4, $5) as taken', [
      consumer,
      event.id,
      event.time,
      aggregateOf(event),
      visible,
    ]);
    return rows[0]?.taken ?? 'repeated';
  }

  /** The same for many, in their order; when one is early, all are. */
  async takeMany(
    tx: Transaction,
    consumer: string,
    events: readonly DomainEvent[],
    visible: boolean,
  ): Promise<readonly Taken[]> {
    const { rows } = await tx.query<{ taken: readonly Taken[] }>(
      'select events.take_many($1, $2::uuid[], $3::timestamptz[], $4::text[], $5) as taken',
      [consumer, events.map(({ id }) => id), events.map(({ time }) => time), events.map(aggregateOf), visible],
    );
    return rows[0]?.taken ?? [];
  }

  /** The same for an event that was parked. */
  async retake(tx: Transaction, consumer: string, event: DomainEvent): Promise<Retaken> {
    const { rows } = await tx.query<{ taken: Retaken }>('select events.retake($1, $2, $3, $4) as taken', [
      consumer,
      event.id,
      event.time,
      aggregateOf(event),
    ]);
    return rows[0]?.taken ?? 'gone';
  }

  /** From now on the event's further way is written in the database, whatever happens to this process. */
  async park(consumer: string, { event, seq }: LoggedEvent, parking: Parking): Promise<void> {
    const { state, attempts, retryInMs, error } = parking;
    await this.#run((tx) =>
      tx.query(
        `insert into events.dead_letters (consumer, event_id, aggregate, seq, event, state, attempts, next_at, error)
         select $1::text, $2::uuid, $3::text, $4::bigint, $5::jsonb, $6::text, $7::int,
                now() + $8::float8 * interval '1 ms', $9::text
          where not exists (select from events.inbox i
                             where i.event_time = $10::timestamptz and i.consumer = $1::text and i.event_id = $2::uuid)
         on conflict do nothing`,
        [
          consumer,
          event.id,
          aggregateOf(event),
          String(seq),
          JSON.stringify(event),
          state,
          attempts,
          retryInMs,
          error,
          event.time,
        ],
      ),
    );
  }

  /** @param retryInMs null: it is given up. */
  async failAgain(consumer: string, eventId: string, retryInMs: number | null, error: string): Promise<void> {
    await this.#run((tx) =>
      tx.query(
        `update events.dead_letters
            set attempts = attempts + 1, error = $4,
                state = case when $3::float8 is null then 'dead' else 'retrying' end,
                next_at = now() + $3::float8 * interval '1 ms'
          where consumer = $1 and event_id = $2`,
        [consumer, eventId, retryInMs, error],
      ),
    );
  }

  /** Parked events whose turn has come: the first of its aggregate each, but for those that wait for it. */
  async due(consumer: string, limit: number): Promise<readonly ParkedEvent[]> {
    const { rows } = await this.#run((tx) =>
      tx.query<{ event: DomainEvent; attempts: number; waitedInVain: boolean }>(
        `select event, attempts, state = 'retrying' and attempts = 0 and error is not distinct from $3 as "waitedInVain"
           from events.dead_letters d
          where consumer = $1 and state <> 'dead' and (next_at is null or next_at <= now())
            and not exists (select from events.dead_letters e
                             where e.consumer = d.consumer and e.aggregate = d.aggregate and e.seq < d.seq
                               and not (e.state = 'retrying' and e.attempts = 0 and e.error is not distinct from $3
                                 and e.next_at > now()
                                 and coalesce((e.event ->> 'aggregateversion')::bigint
                                            > (d.event ->> 'aggregateversion')::bigint, false)))
          order by seq limit $2`,
        [consumer, limit, VERSION_MISSING],
      ),
    );
    return rows;
  }

  /**
   * Of the events of its aggregate that wait for an earlier version, the first waits no longer if nothing is missing
   * before it.
   *
   * @param upTo Nothing is missing before this version.
   */
  async releaseNext(consumer: string, aggregate: string, upTo: number): Promise<void> {
    await this.#run((tx) =>
      tx.query(
        `update events.dead_letters set state = 'waiting', next_at = null, error = null
          where consumer = $1 and event_id = (
            select event_id from events.dead_letters
             where consumer = $1 and aggregate = $2 and state = 'retrying' and attempts = 0 and error = $3
               and (event ->> 'aggregateversion')::bigint <= $4::bigint
             order by (event ->> 'aggregateversion')::bigint limit 1)`,
        [consumer, aggregate, VERSION_MISSING, String(upTo)],
      ),
    );
  }

  /** Milliseconds until the next parked event is due; null when none waits for a time. */
  async nextDueInMs(consumer: string): Promise<number | null> {
    const { rows } = await this.#run((tx) =>
      tx.query<{ in_ms: number | null }>(
        `select (extract(epoch from min(next_at) - clock_timestamp()) * 1000)::float8 as in_ms
           from events.dead_letters where consumer = $1 and state = 'retrying'`,
        [consumer],
      ),
    );
    const inMs = rows[0]?.in_ms ?? null;
    return inMs === null ? null : Math.max(inMs, 0);
  }

  /** Events in the log that are this consumer's business and that it has not dealt with, in order. */
  async missed(consumer: string, afterSeq: bigint, limit: number): Promise<readonly LoggedEvent[]> {
    const rows = await this.#run(async (tx) => {
      const { rows: marks } = await tx.query<{ since: string | null; last: string }>(
        `select (select min(since_seq) from events.consumers where consumer = $1)::text as since, last_value::text as last
           from events.log_seq`,
        [consumer],
      );
      const since = BigInt(marks[0]?.since ?? '0');
      const isNear = BigInt(marks[0]?.last ?? '0') - since < FAR_EVENTS;
      // A plan that reads the whole inbox or the whole log would cost what both hold, not what was missed.
      if (isNear) await tx.query(STEP_BY_STEP);
      const found = await tx.query<Record<string, string | null>>(
        `select id::text, source, type, subject, time::text, dataschema, data::text, org, aggregateversion::text,
                actor, causationid, correlationid, traceparent, seq::text
           from events.log l
          where seq > $2
            and exists (select from events.consumers c
                         where c.consumer = $1 and l.seq > c.since_seq
                           and (c.type = l.type
                             or (right(c.type, 1) = '*' and starts_with(l.type, left(c.type, -1)))))
            and not exists (select from events.inbox i
                             where i.event_time = l.time and i.consumer = $1 and i.event_id = l.id)
            and not exists (select from events.dead_letters d where d.consumer = $1 and d.event_id = l.id)
          order by l.seq limit $3`,
        [consumer, String(since > afterSeq ? since : afterSeq), limit],
      );
      return found.rows;
    });
    return rows.flatMap((row) => toLoggedEvent((name) => row[name] ?? null) ?? []);
  }

  async #insertMissing(tx: Transaction, served: ReadonlyMap<string, readonly string[]>): Promise<void> {
    await tx.query(
      `insert into events.consumers (consumer, type, since_seq)
       select w.consumer, w.type, case when s.is_called then s.last_value else 0 end
         from unnest($1::text[], $2::text[]) w(consumer, type), events.log_seq s
       on conflict do nothing`,
      [[...served].flatMap(([consumer, types]) => types.map(() => consumer)), [...served.values()].flat()],
    );
  }

  #run<Result>(run: (tx: Transaction) => Promise<Result>): Promise<Result> {
    return this.#database.transaction(
      { login: 'service', role: DELIVERER, settings: [['timezone', 'UTC']], statementTimeoutMs: TIMEOUT_MS },
      run,
    );
  }
}
