import { randomUUID } from 'node:crypto';
import type { ProjectDatabase, Transaction } from '@ashlar/postgres';
import type { Claimed, DeliveryStore, Exchanged, Receiver, Result } from '../application/claimed.ts';
import type { DeliveryTerms } from '../domain/retry-schedule.ts';
import { openEndpoint, type SealedEndpoint } from './sealed-endpoint.ts';
import { writeResults } from './write-results.ts';

const TIMEOUT_MS = 15_000;
const REPLAY_BATCH = 200;
const SWEEP_BATCH = 1_000;
/** Rounds of one sweep; what is left is the next one's. */
const MAX_SWEEP_ROUNDS = 500;

/** Tells every process of the instance that there is more to deliver. */
export const MORE_CHANNEL = 'ashlar_webhooks';

const RELEASE = `
  update webhooks.deliveries set claimed_by = null, next_at = clock_timestamp()
   where id = any ($1::bigint[]) and claimed_by = $2::uuid and state = 'pending'`;

interface ClaimedRow extends Record<string, unknown> {
  readonly id: string;
  readonly version: string;
  readonly endpoint_id: string;
  readonly event_id: string;
  readonly key: string | null;
  readonly tries: number;
  readonly body: string;
}

/** Deliveries in schema `webhooks` of a project, claimed in the name of one worker. */
export class PostgresDeliveryStore implements DeliveryStore {
  readonly #database: ProjectDatabase;
  readonly #sealingKey: () => Buffer;
  readonly #worker = randomUUID();
  #receivers = new Map<string, Receiver>();

  /** @param sealingKey What endpoints are sealed with, as it is now. */
  constructor(database: ProjectDatabase, sealingKey: () => Buffer) {
    this.#database = database;
    this.#sealingKey = sealingKey;
  }

  async exchange(
    results: readonly Result[],
    released: readonly Claimed[],
    slots: number,
    terms: DeliveryTerms,
  ): Promise<Exchanged> {
    return this.#run(async (tx) => {
      const [disabled] = await Promise.all([
        writeResults(tx, this.#worker, results, terms),
        released.length === 0 ? null : tx.query(RELEASE, [released.map(({ id }) => String(id)), this.#worker]),
      ]);
      const claiming = slots > 0 ? this.#claim(tx, slots, terms) : [];
      const asking = tx.query<{ due_in_ms: number | null; replays: boolean }>(
        `select webhooks.next_due_ms() as due_in_ms,
                exists (select from webhooks.replays where finished_at is null) as replays`,
      );
      const [claimed, { rows }] = await Promise.all([claiming, asking]);
      const receivers = await this.#receiversOf(tx, claimed);
      return {
        claimed: claimed.flatMap((row) => toClaimed(row, receivers) ?? []),
        dueInMs: rows[0]?.due_in_ms ?? null,
        replaysWait: rows[0]?.replays === true,
        disabled,
      };
    });
  }

  async replaySome(): Promise<boolean> {
    return this.#run(async (tx) => {
      const { rows } = await tx.query<{ more: boolean }>('select webhooks.replay_some($1) as more', [REPLAY_BATCH]);
      return rows[0]?.more === true;
    });
  }

  async sweep(keepDays: number): Promise<void> {
    for (let round = 0; round < MAX_SWEEP_ROUNDS; round += 1) {
      const more = await this.#run(async (tx) => {
        const { rows } = await tx.query<{ more: boolean }>('select webhooks.sweep($1, $2) as more', [
          keepDays,
          SWEEP_BATCH,
        ]);
        return rows[0]?.more === true;
      });
      if (!more) return;
    }
  }

  onMore(listener: () => void): Promise<{ stop(): Promise<void> }> {
    return this.#database.listen(MORE_CHANNEL, listener, listener);
  }

  async #claim(tx: Transaction, slots: number, terms: DeliveryTerms): Promise<readonly ClaimedRow[]> {
    const { rows } = await tx.query<ClaimedRow>(
      `select c.delivery_id::text as id, c.endpoint_version::text as version, d.endpoint_id, d.event_id, d.key, d.tries,
              m.body
         from webhooks.claim($1, $2, $3, $4, $5) c
         join webhooks.deliveries d on d.id = c.delivery_id
         join webhooks.messages m on m.id = d.event_id
        order by c.delivery_id`,
      [this.#worker, terms.leaseMs / 1000, slots, terms.claimedPerEndpoint, terms.breakerAfter],
    );
    return rows;
  }

  /** Endpoints are opened once for each version of them. */
  async #receiversOf(tx: Transaction, claimed: readonly ClaimedRow[]): Promise<ReadonlyMap<string, Receiver>> {
    const versions = new Map(claimed.map(({ endpoint_id, version }) => [endpoint_id, BigInt(version)]));
    const missing = [...versions].filter(([id, version]) => this.#receivers.get(id)?.version !== version);
    if (missing.length === 0) return this.#receivers;
    const { rows } = await tx.query<SealedEndpoint>(
      'select id, version::text, url, headers, secrets from webhooks.endpoints where id = any ($1::uuid[])',
      [missing.map(([id]) => id)],
    );
    const known = this.#receivers.size > MAX_RECEIVERS ? [] : this.#receivers;
    const opened = rows.map((row): [string, Receiver] => [row.id, openEndpoint(this.#sealingKey(), row)]);
    this.#receivers = new Map([...known, ...opened]);
    return this.#receivers;
  }

  #run<Value>(run: (tx: Transaction) => Promise<Value>): Promise<Value> {
    return this.#database.transaction({ login: 'service', role: 'webhooks', statementTimeoutMs: TIMEOUT_MS }, run);
  }
}

/** More than a project has; those that were removed go with the rest once there are so many. */
const MAX_RECEIVERS = 500;

function toClaimed(row: ClaimedRow, receivers: ReadonlyMap<string, Receiver>): Claimed | null {
  const receiver = receivers.get(row.endpoint_id);
  // Removed at this very moment; so are its deliveries, soon.
  if (receiver === undefined) return null;
  return { id: BigInt(row.id), eventId: row.event_id, key: row.key, tries: row.tries, body: row.body, receiver };
}
