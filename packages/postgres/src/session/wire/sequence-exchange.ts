import type { DatabaseError } from 'pg';
import type { StatementSequence } from '../call.ts';
import { decodeFields } from './backend-decoders.ts';
import type { Exchange } from './connection.ts';
import type { FrontendWriter } from './frontend-writer.ts';
import { FROM_SERVER } from './message-codes.ts';
import type { PreparedStatements } from './prepared-statements.ts';
import { isStaleStatement } from './sql-state.ts';
import { PreparedSteps, type Step } from './step.ts';
import { WireResult, type RowPlace, type TagPlace } from './wire-result.ts';

export interface SequenceExchangeOptions {
  readonly role: string;
  readonly steps: readonly Step[];
  readonly patienceMs: number | undefined;
}

/** Steps, then one Sync, where the answers of all of them are wanted. For an open transaction. */
export class SequenceExchange implements Exchange {
  readonly patienceMs: number | undefined;
  readonly #options: SequenceExchangeOptions;
  readonly #ended = Promise.withResolvers<StatementSequence>();
  readonly #places: { readonly rows: readonly RowPlace[]; readonly tag: TagPlace | null }[] = [];
  #prepared: PreparedSteps | null = null;
  #rows: RowPlace[] = [];
  #error: unknown = null;

  constructor(options: SequenceExchangeOptions) {
    this.#options = options;
    this.patienceMs = options.patienceMs;
  }

  /** Rejects when the connection was lost. */
  get ended(): Promise<StatementSequence> {
    return this.#ended.promise;
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
        this.#rows.push({ buffer, start });
        return;
      case FROM_SERVER.commandComplete:
        this.#finish({ buffer, start, end });
        return;
      case FROM_SERVER.emptyQuery:
        this.#finish(null);
        return;
      case FROM_SERVER.parseComplete:
        this.#prepared?.confirm(this.#places.length);
        return;
      case FROM_SERVER.rowDescription:
        this.#prepared?.describe(this.#places.length, decodeFields(buffer, start));
        return;
    }
  }

  refused(error: DatabaseError): void {
    this.#error ??= error;
    this.#prepared?.dropUnusable(isStaleStatement(error));
  }

  ready(): void {
    const answers = this.#places.map(
      ({ rows, tag }, index) => new WireResult(this.#prepared?.fields(index) ?? [], rows, tag),
    );
    this.#ended.resolve({ answers, error: this.#error });
  }

  lost(error: Error): void {
    this.#ended.reject(error);
  }

  unsent(error: unknown): void {
    this.#prepared?.dropUnusable(false);
    this.#ended.reject(error);
  }

  #finish(tag: TagPlace | null): void {
    this.#places.push({ rows: this.#rows, tag });
    this.#rows = [];
  }
}
