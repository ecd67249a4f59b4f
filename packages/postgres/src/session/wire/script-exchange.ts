import type { DatabaseError } from 'pg';
import type { ResultField, StatementResult } from '../call.ts';
import { decodeCommandTag, decodeFields, decodeRow } from './backend-decoders.ts';
import type { Connection, Exchange } from './connection.ts';
import type { FrontendWriter } from './frontend-writer.ts';
import { FROM_SERVER } from './message-codes.ts';

/** Free SQL in one message of the simple protocol: all its results, or the error of the first statement that failed. */
export class ScriptExchange implements Exchange {
  readonly patienceMs: number | undefined;
  readonly #sql: string;
  readonly #connection: Connection;
  readonly #outcome = Promise.withResolvers<readonly StatementResult[]>();
  readonly #results: StatementResult[] = [];
  #fields: readonly ResultField[] = [];
  #rows: (string | null)[][] = [];
  #error: unknown = null;

  constructor(connection: Connection, sql: string, patienceMs?: number) {
    this.patienceMs = patienceMs;
    this.#connection = connection;
    this.#sql = sql;
    connection.send(this);
  }

  get results(): Promise<readonly StatementResult[]> {
    return this.#outcome.promise;
  }

  write(writer: FrontendWriter): void {
    writer.query(this.#sql);
  }

  receive(code: number, buffer: Buffer, start: number, end: number): void {
    switch (code) {
      case FROM_SERVER.rowDescription:
        this.#fields = decodeFields(buffer, start);
        return;
      case FROM_SERVER.dataRow:
        this.#rows.push(decodeRow(buffer, start));
        return;
      case FROM_SERVER.commandComplete:
        this.#results.push({ fields: this.#fields, rows: this.#rows, ...decodeCommandTag(buffer, start, end) });
        this.#fields = [];
        this.#rows = [];
        return;
      case FROM_SERVER.copyInResponse:
        // A server that waits for data nobody has would wait for ever.
        this.#connection.proceed((writer) => writer.copyFail('COPY FROM STDIN has no input here'));
        return;
    }
  }

  refused(error: DatabaseError): void {
    this.#error ??= error;
  }

  ready(): void {
    if (this.#error === null) this.#outcome.resolve(this.#results);
    else this.#outcome.reject(this.#error);
  }

  lost(error: Error): void {
    this.#outcome.reject(error);
  }

  unsent(error: unknown): void {
    this.#outcome.reject(error);
  }
}
