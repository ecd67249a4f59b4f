import { types } from 'pg';
import { toBoundValue } from './bound-value.ts';
import type {
  CallResult,
  ResultField,
  Statement,
  StatementResult,
  StatementSequence,
  Transaction,
  TransactionOptions,
  TransactionStep,
} from './call.ts';
import { sessionErrors } from './errors.ts';
import type { Lease } from './own-connections.ts';
import { patienceMs, resultOf, runExchange } from './run-exchange.ts';
import type { DatabaseTarget } from './target.ts';
import { beginStep, COMMIT, ROLLBACK, settingSteps } from './transaction-steps.ts';
import { withCancel } from './with-cancel.ts';
import { isStaleStatement } from './wire/sql-state.ts';
import { SequenceExchange } from './wire/sequence-exchange.ts';
import type { Outcome } from './wire/statement-exchange.ts';
import type { Step } from './wire/step.ts';

/**
 * BEGIN, role and settings, the callback's queries, COMMIT on a borrowed connection; ROLLBACK when the callback
 * throws or the options say so. The connection goes back when the transaction is over.
 *
 * @throws {AshlarError} `postgres.transaction_aborted` when the callback swallowed the error of a query: the server
 *   answers COMMIT with ROLLBACK then, and a query refused here, because the caller had given up, is no different.
 */
export async function ownTransaction<Result>(
  target: DatabaseTarget,
  lease: Lease,
  options: TransactionOptions,
  run: (tx: Transaction) => Promise<Result>,
): Promise<Result> {
  const transaction = new OwnTransaction(lease, options);
  const { answer, settled } = withCancel(target, lease.connection, options.signal, () => transaction.run(run));
  void settled.then(lease.release);
  return answer;
}

/** A callback that never returns must not hold its locks and its connection for ever: the server ends it then. */
const IDLE_SETTING = ['idle_in_transaction_session_timeout', '60s'] as const;

class OwnTransaction implements Transaction {
  readonly #lease: Lease;
  readonly #options: TransactionOptions;
  /** Sent together with the first query: one way to the server less. */
  #opening: readonly Step[];
  #isOver = false;
  /** A query was never sent; what came before it must not be committed without it. */
  #isIncomplete = false;

  constructor(lease: Lease, options: TransactionOptions) {
    this.#lease = lease;
    this.#options = options;
    const { role, settings = [], readOnly = false, statementTimeoutMs } = options;
    this.#opening = [
      beginStep(options.isolation),
      ...settingSteps({ role, settings: [...settings, IDLE_SETTING], readOnly, statementTimeoutMs }),
    ];
  }

  async run<Result>(body: (tx: Transaction) => Promise<Result>): Promise<Result> {
    try {
      const result = await body(this);
      if (this.#isIncomplete) throw sessionErrors.transactionAborted();
      // Without a query no transaction was begun.
      if (this.#opening.length === 0) await this.#end();
      return result;
    } catch (error) {
      if (this.#opening.length === 0) await this.#send([ROLLBACK]).catch(() => undefined);
      throw error;
    } finally {
      this.#isOver = true;
    }
  }

  async query<Row extends Record<string, unknown>>(
    text: string,
    values: readonly unknown[] = [],
  ): Promise<{ readonly rows: Row[]; readonly rowCount: number }> {
    this.#refuseWhenOver();
    const result = await this.#send([{ text, values: values.map(toBoundValue) }]);
    return { rows: typedRows<Row>(result), rowCount: result.rowCount };
  }

  async execute({ settings, before, statement }: TransactionStep): Promise<CallResult> {
    this.#refuseWhenOver();
    const { role } = this.#options;
    // Back to the login first: what a statement before this one did to the role must not decide what may be set.
    const terms = { role, settings: [['role', 'none'] as const, ...(settings ?? [])], readOnly: false };
    const steps = settings === undefined ? [] : settingSteps(terms);
    return this.#send([...steps, ...(before === undefined ? [] : [before]), statement]);
  }

  async executeAll(statements: readonly Statement[]): Promise<StatementSequence> {
    this.#refuseWhenOver();
    // A transaction that could not even begin says so by itself.
    if (this.#opening.length > 0) await this.#send([]);
    const { role, statementTimeoutMs } = this.#options;
    const limitMs = statementTimeoutMs === undefined ? undefined : statementTimeoutMs * statements.length;
    const exchange = new SequenceExchange({ role, steps: statements, patienceMs: patienceMs(limitMs) });
    this.#lease.connection.send(exchange);
    return exchange.ended;
  }

  #refuseWhenOver(): void {
    if (this.#isOver || this.#options.signal?.aborted === true) {
      this.#isIncomplete = true;
      throw new Error('The transaction is over: its callback has returned or was aborted');
    }
  }

  async #end(): Promise<void> {
    if (this.#options.rollback === true) {
      await this.#send([ROLLBACK]);
      return;
    }
    const result = await this.#send([COMMIT]);
    if (result.command !== COMMIT.text.toUpperCase()) throw sessionErrors.transactionAborted();
  }

  async #send(work: readonly Step[]): Promise<CallResult> {
    const isFirst = this.#opening.length > 0;
    const steps = [...this.#opening, ...work];
    this.#opening = [];
    const outcome = await this.#exchange(steps);
    if (!isFirst || outcome.kind !== 'refused' || !isStaleStatement(outcome.error)) return resultOf(outcome);
    // Nothing was done yet, so DDL between two transactions need not be the caller's trouble.
    await this.#exchange([ROLLBACK]);
    return resultOf(await this.#exchange(steps));
  }

  #exchange(steps: readonly Step[]): Promise<Outcome> {
    return runExchange(this.#lease.connection, {
      role: this.#options.role,
      steps,
      wanted: steps.length - 1,
      patienceMs: patienceMs(this.#options.statementTimeoutMs),
    });
  }
}

/** A call's rows as objects with the driver's usual JavaScript types, as `Transaction.query` gives them. */
export function typedRows<Row extends Record<string, unknown>>({ fields, rows }: StatementResult): Row[] {
  // The caller says what its SQL returns; nothing here could check it.
  return rows.map(rowMapper(fields)) as Row[];
}

type TextParser = (text: string) => unknown;

function rowMapper(fields: readonly ResultField[]): (row: readonly (string | null)[]) => Record<string, unknown> {
  // pg-types has a parser for every OID and returns the text for those it does not know.
  const parsers = fields.map((field) => types.getTypeParser(field.typeOid, 'text') as TextParser);
  return (row) =>
    Object.fromEntries(
      fields.map(({ name }, index) => {
        const text = row[index] ?? null;
        return [name, text === null ? null : parsers[index]?.(text)];
      }),
    );
}
