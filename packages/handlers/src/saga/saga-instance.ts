import type { Actor, DomainEvent, Saga, SagaFact } from '@ashlar/kernel';
import type { Transaction } from '@ashlar/postgres';
import type { SagaRow, SagaStatus } from './saga-rows.ts';

/** Of a fact a person stated. */
export type FactActor = Pick<Actor, 'kind' | 'id'>;

/**
 * An instance that is locked until its transaction ends. A fact changes it in memory and is logged; `save` writes what
 * it has become.
 */
export class SagaInstance {
  readonly #tx: Transaction;
  readonly #saga: Saga;
  readonly #row: SagaRow;
  #state: unknown;
  #version: number;
  #isBegun: boolean;

  private constructor(tx: Transaction, saga: Saga, row: SagaRow) {
    this.#tx = tx;
    this.#saga = saga;
    this.#row = row;
    this.#state = row.state;
    this.#version = row.version;
    this.#isBegun = row.started_at !== null;
  }

  /** @returns Null: there is none of this id. */
  static async lock(tx: Transaction, id: string, find: (name: string) => Saga): Promise<SagaInstance | null> {
    const { rows } = await tx.query<SagaRow>('select * from suites.sagas where id = $1 for update', [id]);
    return rows[0] === undefined ? null : new SagaInstance(tx, find(rows[0].saga), rows[0]);
  }

  /** The instance of that key, made if nothing was heard of it before. */
  static async ensure(tx: Transaction, saga: Saga, orgId: string, key: string): Promise<SagaInstance> {
    const values = [saga.name, orgId, key];
    await tx.query(
      `insert into suites.sagas (saga, org_id, key, state) values ($1, $2, $3, $4) on conflict do nothing`,
      [...values, JSON.stringify(saga.begin(key))],
    );
    const { rows } = await tx.query<SagaRow>(
      'select * from suites.sagas where saga = $1 and org_id = $2 and key = $3 for update',
      values,
    );
    const [row] = rows;
    if (row === undefined) throw new Error(`The instance ${key} of ${saga.name} is gone`);
    return new SagaInstance(tx, saga, row);
  }

  get row(): SagaRow {
    return this.#row;
  }

  get saga(): Saga {
    return this.#saga;
  }

  get state(): unknown {
    return this.#state;
  }

  /** Whether the event that begins it has come. */
  get isBegun(): boolean {
    return this.#isBegun;
  }

  /** @returns False: it was heard before. */
  async takeEvent(event: DomainEvent): Promise<boolean> {
    if (!(await this.#log({ kind: 'event', event }, event.id))) return false;
    if (this.#isBegun) {
      this.#evolve({ kind: 'event', event });
      return true;
    }
    if (!this.#saga.startedBy.includes(event.type)) return true;
    this.#isBegun = true;
    const { rows } = await this.#tx.query<{ fact: SagaFact }>(
      'select fact from suites.saga_log where saga_id = $1 and seq < $2 order by seq',
      [this.#row.id, this.#version],
    );
    // What came too early is told once it makes sense.
    for (const fact of [{ kind: 'event', event } as const, ...rows.map((row) => row.fact)]) this.#evolve(fact);
    return true;
  }

  async take(fact: SagaFact, actor?: FactActor): Promise<void> {
    await this.#log(fact, null, actor);
    this.#evolve(fact);
  }

  async save(status: SagaStatus): Promise<void> {
    const hasEnded = status === 'completed' || status === 'undone';
    await this.#tx.query(
      `update suites.sagas set status = $2, state = $3, version = $4, updated_at = now(),
         started_at = case when $5 then coalesce(started_at, now()) end,
         ended_at = case when $6 then coalesce(ended_at, now()) end
       where id = $1`,
      [this.#row.id, status, JSON.stringify(this.#state), this.#version, this.#isBegun, hasEnded],
    );
  }

  #evolve(fact: SagaFact): void {
    this.#state = this.#saga.evolve(this.#state, fact) as unknown;
  }

  async #log(fact: SagaFact, eventId: string | null, actor?: FactActor): Promise<boolean> {
    const { rowCount } = await this.#tx.query(
      `insert into suites.saga_log (saga_id, seq, fact, event_id, actor_kind, actor_id)
       values ($1, $2, $3, $4, $5, $6) on conflict (saga_id, event_id) do nothing`,
      [this.#row.id, this.#version + 1, JSON.stringify(fact), eventId, actor?.kind ?? null, actor?.id ?? null],
    );
    if (rowCount === 0) return false;
    this.#version += 1;
    return true;
  }
}
