import type { DatabaseError } from 'pg';
import type { CallResult } from '../call.ts';
import { decodeFields } from './backend-decoders.ts';
import type { Exchange } from './connection.ts';
import type { FrontendWriter } from './frontend-writer.ts';
import { FROM_SERVER } from './message-codes.ts';
import type { PreparedStatements } from './prepared-statements.ts';
import { isStaleStatement } from './sql-state.ts';
import { PreparedSteps, type Step } from './step.ts';
import { WireResult, type RowPlace, type TagPlace } from './wire-result.ts';

/** What came of an exchange, known after ReadyForQuery or the loss of the connection. */
export type Outcome =
  | {
      readonly kind: 'answered';
      readonly result: CallResult;
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

/** Steps, then one Sync: all of them take effect, or none. */
export class StatementExchange implements Exchange {
  readonly patienceMs: number | undefined;
  readonly #options: StatementExchangeOptions;
  #prepared: PreparedSteps | null = null;
  #current = 0;
  readonly #rows: RowPlace[] = [];
  #tag: TagPlace | null = null;
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
        if (this.#current === this.#options.wanted) this.#rows.push({ buffer, start });
        return;
      case FROM_SERVER.commandComplete:
        if (this.#current === this.#options.wanted) this.#tag = { buffer, start, end };
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

  refused(error: DatabaseError): void {
    this.#error ??= error;
    this.#prepared?.dropUnusable(isStaleStatement(error));
  }

  ready(headMs: number): void {
    if (this.#error !== null) {
      this.#options.onEnd({ kind: 'refused', error: this.#error, headMs });
      return;
    }
    const fields = this.#prepared?.fields(this.#options.wanted) ?? [];
    this.#options.onEnd({ kind: 'answered', result: new WireResult(fields, this.#rows, this.#tag), headMs });
  }

  lost(error: Error): void {
    this.#options.onEnd({ kind: 'lost', error });
  }

  unsent(error: unknown): void {
    this.#prepared?.dropUnusable(false);
    this.#options.onEnd({ kind: 'refused', error, headMs: 0 });
  }
}
