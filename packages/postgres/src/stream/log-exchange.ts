import { type DatabaseError, escapeIdentifier, escapeLiteral } from 'pg';
import type { Exchange } from '../session/wire/connection.ts';
import type { FrontendWriter } from '../session/wire/frontend-writer.ts';
import { FROM_SERVER } from '../session/wire/message-codes.ts';
import { formatLsn, type Lsn } from './lsn.ts';

const LOG_DATA = 0x77;
const KEEPALIVE = 0x6b;
const STATUS = 0x72;
/** The type byte, two positions and a time stand before a message of the log. */
const DATA_HEADER_BYTES = 25;
const STATUS_BYTES = 34;
const EPOCH_MS = 946_684_800_000;

export interface LogExchangeOptions {
  readonly slot: string;
  /** The server goes on from here, or from what was acknowledged if that is further. */
  readonly startLsn: Lsn;
  readonly publications: readonly string[];
  /** One message of the log; its bytes are only valid during the call. */
  readonly onMessage: (buffer: Buffer, start: number, end: number) => void;
  /** All up to there was sent. */
  readonly onKeepalive: (walEnd: Lsn, wantsReply: boolean) => void;
}

/** START_REPLICATION: from its first answer on, the connection carries the log one way and acknowledgements the other. */
export class LogExchange implements Exchange {
  readonly patienceMs = undefined;
  readonly isEndless = true;
  readonly #options: LogExchangeOptions;
  readonly #started = Promise.withResolvers<void>();
  readonly #ended = Promise.withResolvers<Error | null>();
  #error: DatabaseError | null = null;

  constructor(options: LogExchangeOptions) {
    this.#options = options;
    // Whoever waits for the end learns the same.
    this.#started.promise.catch(() => undefined);
  }

  /** Resolves when the log comes; rejects with the server's refusal. */
  get started(): Promise<void> {
    return this.#started.promise;
  }

  /** Resolves when nothing more comes: with the reason, or null when we asked for it. */
  get ended(): Promise<Error | null> {
    return this.#ended.promise;
  }

  write(writer: FrontendWriter): void {
    const { slot, startLsn, publications } = this.#options;
    const names = escapeLiteral(publications.map(escapeIdentifier).join(','));
    writer.query(
      `START_REPLICATION SLOT ${escapeIdentifier(slot)} LOGICAL ${formatLsn(startLsn)} ` +
        `(proto_version '1', publication_names ${names}, messages 'true')`,
    );
  }

  receive(code: number, buffer: Buffer, start: number, end: number): void {
    if (code === FROM_SERVER.copyBothResponse) this.#started.resolve();
    if (code !== FROM_SERVER.copyData) return;
    switch (buffer[start]) {
      case LOG_DATA:
        this.#options.onMessage(buffer, start + DATA_HEADER_BYTES, end);
        return;
      case KEEPALIVE:
        this.#options.onKeepalive(buffer.readBigUInt64BE(start + 1), buffer[start + 17] === 1);
        return;
    }
  }

  refused(error: DatabaseError): void {
    this.#error ??= error;
  }

  ready(): void {
    this.#end(this.#error);
  }

  lost(error: Error): void {
    this.#end(error);
  }

  unsent(error: unknown): void {
    this.#end(error instanceof Error ? error : new Error(String(error)));
  }

  #end(reason: Error | null): void {
    this.#started.reject(reason ?? new Error('The server ended the log before it began'));
    this.#ended.resolve(reason);
  }
}

/**
 * A standby's status: what was received, and what is done with for good.
 *
 * @param received Never before `done`.
 */
export function statusMessage(received: Lsn, done: Lsn): Buffer {
  const message = Buffer.alloc(STATUS_BYTES);
  message[0] = STATUS;
  message.writeBigUInt64BE(received, 1);
  message.writeBigUInt64BE(done, 9);
  message.writeBigUInt64BE(done, 17);
  message.writeBigInt64BE(BigInt(Date.now() - EPOCH_MS) * 1000n, 25);
  return message;
}
