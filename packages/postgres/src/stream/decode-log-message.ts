import type { LogMessage, OldRow, Relation, RelationColumn, Row } from './log-message.ts';

/** Message types of `pgoutput`, by their ASCII byte. */
const TYPE = {
  begin: 0x42,
  commit: 0x43,
  delete: 0x44,
  insert: 0x49,
  message: 0x4d,
  origin: 0x4f,
  relation: 0x52,
  truncate: 0x54,
  update: 0x55,
  type: 0x59,
} as const;

const OLD_KEY = 0x4b;
const NEW_ROW = 0x4e;
const OLD_ROW = 0x4f;

const VALUE = { null: 0x6e, unchanged: 0x75, text: 0x74 } as const;

const IDENTITY: Readonly<Record<number, Relation['identity']>> = {
  0x64: 'default',
  0x69: 'index',
  0x66: 'full',
  0x6e: 'nothing',
};

/** Microseconds from 1970 to PostgreSQL's epoch, 2000. */
const EPOCH_US = 946_684_800_000_000n;

/**
 * Decodes one message of `pgoutput`, protocol version 1 with logical messages. Nothing of the buffer is kept but the
 * content of logical messages.
 *
 * @param start Where the message's type byte stands.
 * @throws {Error} When the bytes are no message of this protocol.
 * @see https://www.postgresql.org/docs/current/protocol-logicalrep-message-formats.html
 */
export function decodeLogMessage(buffer: Buffer, start: number): LogMessage {
  const cursor = new Cursor(buffer, start);
  const type = cursor.byte();
  switch (type) {
    case TYPE.insert:
      return { kind: 'insert', relationOid: cursor.uint32(), row: cursor.expect(NEW_ROW).row() };
    case TYPE.update:
      return decodeUpdate(cursor);
    case TYPE.delete: {
      const relationOid = cursor.uint32();
      return { kind: 'delete', relationOid, old: oldRow(cursor, cursor.byte()) };
    }
    case TYPE.begin:
      return { kind: 'begin', commitLsn: cursor.uint64(), commitAt: cursor.instant(), xid: cursor.uint32() };
    case TYPE.commit:
      cursor.byte();
      return { kind: 'commit', commitLsn: cursor.uint64(), endLsn: cursor.uint64(), commitAt: cursor.instant() };
    case TYPE.relation:
      return { kind: 'relation', relation: decodeRelation(cursor) };
    case TYPE.truncate: {
      const count = cursor.uint32();
      const options = cursor.byte();
      const relationOids = Array.from({ length: count }, () => cursor.uint32());
      return { kind: 'truncate', relationOids, cascade: (options & 1) !== 0, restartIdentity: (options & 2) !== 0 };
    }
    case TYPE.message: {
      const transactional = (cursor.byte() & 1) !== 0;
      const lsn = cursor.uint64();
      const prefix = cursor.cString();
      return { kind: 'message', transactional, lsn, prefix, content: cursor.bytes(cursor.uint32()) };
    }
    case TYPE.origin:
    case TYPE.type:
      return { kind: 'other' };
    default:
      throw new Error(`The log holds a message of type ${String.fromCharCode(type)}, which protocol version 1 has not`);
  }
}

function decodeUpdate(cursor: Cursor): LogMessage {
  const relationOid = cursor.uint32();
  const tag = cursor.byte();
  if (tag === NEW_ROW) return { kind: 'update', relationOid, old: null, row: cursor.row() };
  const old = oldRow(cursor, tag);
  return { kind: 'update', relationOid, old, row: cursor.expect(NEW_ROW).row() };
}

function oldRow(cursor: Cursor, tag: number): OldRow {
  if (tag !== OLD_KEY && tag !== OLD_ROW) throw new Error(`Expected an old row in the log, got byte ${tag}`);
  return { whole: tag === OLD_ROW, row: cursor.row() };
}

function decodeRelation(cursor: Cursor): Relation {
  const oid = cursor.uint32();
  // The empty name is how the protocol spells pg_catalog.
  const schema = cursor.cString() || 'pg_catalog';
  const name = cursor.cString();
  const identity = IDENTITY[cursor.byte()] ?? 'default';
  const columns = Array.from({ length: cursor.uint16() }, (): RelationColumn => {
    const isKey = (cursor.byte() & 1) !== 0;
    const column = cursor.cString();
    return { name: column, typeOid: cursor.uint32(), typeModifier: cursor.int32(), isKey };
  });
  return { oid, schema, name, identity, columns };
}

/** Reads a message from front to back; reading past its end throws, so that a cut message is never half believed. */
class Cursor {
  readonly #buffer: Buffer;
  #at: number;

  constructor(buffer: Buffer, at: number) {
    this.#buffer = buffer;
    this.#at = at;
  }

  byte(): number {
    return this.#buffer.readUInt8(this.#at++);
  }

  uint16(): number {
    const value = this.#buffer.readUInt16BE(this.#at);
    this.#at += 2;
    return value;
  }

  int32(): number {
    const value = this.#buffer.readInt32BE(this.#at);
    this.#at += 4;
    return value;
  }

  uint32(): number {
    return this.int32() >>> 0;
  }

  uint64(): bigint {
    const value = this.#buffer.readBigUInt64BE(this.#at);
    this.#at += 8;
    return value;
  }

  instant(): Date {
    const microseconds = this.#buffer.readBigInt64BE(this.#at) + EPOCH_US;
    this.#at += 8;
    return new Date(Number(microseconds / 1000n));
  }

  cString(): string {
    const end = this.#buffer.indexOf(0, this.#at);
    if (end === -1) throw new Error('A name in the log has no end');
    const text = this.#buffer.toString('utf8', this.#at, end);
    this.#at = end + 1;
    return text;
  }

  bytes(length: number): Buffer {
    const end = this.#at + length;
    if (end > this.#buffer.length) throw new RangeError(`The log names ${length} bytes and holds fewer`);
    // Copied: a few bytes must not keep a chunk of the socket alive.
    const copy = Buffer.from(this.#buffer.subarray(this.#at, end));
    this.#at = end;
    return copy;
  }

  expect(byte: number): this {
    const found = this.byte();
    if (found !== byte) throw new Error(`Expected byte ${byte} in the log, got ${found}`);
    return this;
  }

  row(): Row {
    const count = this.uint16();
    const row: (string | null | undefined)[] = [];
    for (let index = 0; index < count; index += 1) row.push(this.#value());
    return row;
  }

  #value(): string | null | undefined {
    const kind = this.byte();
    if (kind === VALUE.null) return null;
    if (kind === VALUE.unchanged) return undefined;
    if (kind !== VALUE.text) throw new Error(`Expected a value as text in the log, got byte ${kind}`);
    const length = this.uint32();
    const end = this.#at + length;
    if (end > this.#buffer.length) throw new RangeError(`The log names a value of ${length} bytes and holds fewer`);
    const text = this.#buffer.toString('utf8', this.#at, end);
    this.#at = end;
    return text;
  }
}
