import type { StatementResult } from '../call.ts';
import { decodeCommandTag, decodeFields, decodeRow, type CommandTag } from './backend-decoders.ts';
import type { Exchange } from './connection.ts';
import type { FrontendWriter } from './frontend-writer.ts';
import { FROM_SERVER } from './message-codes.ts';
import type { PreparedStatements } from './prepared-statements.ts';
import { isStaleStatement } from './sql-state.ts';
import { PreparedSteps, type Step } from './step.ts';

/** What came of an exchange, known after ReadyForQuery or the loss of the connection. */
export type Outcome =
  | {
      readonly kind: 'answered';
      readonly result: StatementResult;
      /** Verb of the last step: a COMMIT of a failed transaction answers ROLLBACK. */
      readonly lastCommand: string;
      readonly headMs: number;
    }
  | {
      readonly kind: 'refused';
      readonly error: unknown;
      readonly headMs: number;
    }
  | { readonly kind: 'lost'; readonly error: Error };

export interface StatementExchangeOptions {
  readonly role: string;
  readonly steps: readonly Step[];
  /** Index of the step whose rows are wanted. */
  readonly wanted: number;
  readonly patienceMs: number | undefined;
  readonly onEnd: (outcome: Outcome) => void;
}

const NO_TAG: CommandTag = { command: '', rowCount: 0 };

/** Steps, then one Sync: all of them take effect, or none. */
export class StatementExchange implements Exchange {
  readonly patienceMs: number | undefined;
  readonly #options: StatementExchangeOptions;
  #prepared: PreparedSteps | null = null;
  #current = 0;
  #rows: (string | null)[][] = [];
  #tag = NO_TAG;
  #lastTag = NO_TAG;
  #error: unknown = null;

  constructor(options: StatementExchangeOptions) {
    this.#options = options;
    this.patienceMs = options.patienceMs;
  }

  write(writer: FrontendWriter, statements: PreparedStatements): void {
    const prepared = new PreparedSteps({ ...this.#options, keep: true }, statements);
    this.#prepared = prepared;
    for (let index = 0; index < prepared.steps.length; index++) prepared.write(index, writer, 0);
    writer.sync();
  }

  receive(code: number, buffer: Buffer, start: number, end: number): void {
    switch (code) {
      case FROM_SERVER.dataRow:
        if (this.#current === this.#options.wanted) this.#rows.push(decodeRow(buffer, start));
        return;
      case FROM_SERVER.commandComplete:
        this.#lastTag = decodeCommandTag(buffer, start, end);
        if (this.#current === this.#options.wanted) this.#tag = this.#lastTag;
        this.#current++;
        return;
      case FROM_SERVER.emptyQuery:
        this.#current++;
        return;
      case FROM_SERVER.parseComplete:
        this.#prepared?.confirm(this.#current);
        return;
      case FROM_SERVER.rowDescription:
        this.#prepared?.describe(this.#current, decodeFields(buffer, start));
        return;
    }
  }

  refused(error: unknown): void {
    this.#error ??= error;
    this.#prepared?.dropUnusable(isStaleStatement(error));
  }

  ready(headMs: number): void {
    if (this.#error !== null) {
      this.#options.onEnd({ kind: 'refused', error: this.#error, headMs });
      return;
    }
    const fields = this.#prepared?.fields(this.#options.wanted) ?? [];
    const result = { fields, rows: this.#rows, ...this.#tag };
    this.#options.onEnd({
      kind: 'answered',
      result,
      lastCommand: this.#lastTag.command,
      headMs,
    });
  }

  lost(error: Error): void {
    this.#options.onEnd({ kind: 'lost', error });
  }
}
