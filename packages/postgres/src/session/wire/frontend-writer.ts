import { sessionErrors } from '../errors.ts';
import { TO_SERVER } from './message-codes.ts';

/** A value to bind: text, SQL's null, or bytes in binary format (bytea). */
export type BoundValue = string | null | Buffer;

/** The server counts parameters in 16 bits. */
const MAX_BOUND_VALUES = 65_535;

/** From here on bytes go to the socket as they are: a copy of a large body would cost its memory again. */
const UNCOPIED_BYTES = 256 * 1024;
/** Enough for dozens of requests; larger messages get a slab of their own. */
const SLAB_BYTES = 64 * 1024;
/** UTF-8 needs at most three bytes per UTF-16 code unit. */
const MAX_BYTES_PER_UNIT = 3;

/**
 * Writes messages one after another into a slab; `take` hands over what was written since the last time without
 * copying it. Bytes handed over are never written again, so the socket may keep them as long as it likes; large ones
 * that were given must not be either.
 */
export class FrontendWriter {
  #slab: Buffer = Buffer.allocUnsafe(SLAB_BYTES);
  #start = 0;
  #offset = 0;
  /** Large values of what is not taken yet, and how far into it each belongs. */
  #uncopied: { readonly at: number; readonly bytes: Buffer }[] = [];

  /** What was written since the last time, in order. */
  take(): readonly Buffer[] {
    const taken: Buffer[] = [];
    let from = this.#start;
    for (const { at, bytes } of this.#uncopied) {
      taken.push(this.#slab.subarray(from, this.#start + at), bytes);
      from = this.#start + at;
    }
    taken.push(this.#slab.subarray(from, this.#offset));
    this.#uncopied = [];
    this.#start = this.#offset;
    // One large message must not keep its memory for as long as the connection lives.
    if (this.#slab.length > SLAB_BYTES) this.#renew(SLAB_BYTES);
    return taken;
  }

  /** Where the next message begins, for `revert`. */
  mark(): number {
    return this.#offset - this.#start;
  }

  /** Unwrites everything since the mark. */
  revert(mark: number): void {
    this.#offset = this.#start + mark;
    this.#uncopied = this.#uncopied.filter(({ at }) => at <= mark);
  }

  parse(name: string, text: string): void {
    const length = this.#begin(TO_SERVER.parse);
    this.#cString(name);
    this.#cString(text);
    // No parameter types: PostgreSQL infers each from where it stands.
    this.#int16(0);
    this.#finish(length);
  }

  describeStatement(name: string): void {
    this.#named(TO_SERVER.describe, name);
  }

  closeStatement(name: string): void {
    this.#named(TO_SERVER.close, name);
  }

  /** Binds to the unnamed portal, results as text. */
  bind(statement: string, values: readonly BoundValue[]): void {
    if (values.length > MAX_BOUND_VALUES) {
      throw sessionErrors.tooManyValues({ count: values.length, limit: MAX_BOUND_VALUES });
    }
    const length = this.#begin(TO_SERVER.bind);
    this.#cString('');
    this.#cString(statement);
    this.#formats(values);
    this.#int16(values.length);
    for (const value of values) this.#value(value);
    this.#int16(0);
    this.#finish(length);
  }

  /** Runs the unnamed portal up to `maxRows`; 0 means to its end. */
  execute(maxRows: number): void {
    const length = this.#begin(TO_SERVER.execute);
    this.#cString('');
    this.#int32(maxRows);
    this.#finish(length);
  }

  sync(): void {
    this.#finish(this.#begin(TO_SERVER.sync));
  }

  flush(): void {
    this.#finish(this.#begin(TO_SERVER.flush));
  }

  terminate(): void {
    this.#finish(this.#begin(TO_SERVER.terminate));
  }

  /** One message of the simple protocol: any number of statements, no parameters. */
  query(text: string): void {
    const length = this.#begin(TO_SERVER.query);
    this.#cString(text);
    this.#finish(length);
  }

  copyFail(reason: string): void {
    const length = this.#begin(TO_SERVER.copyFail);
    this.#cString(reason);
    this.#finish(length);
  }

  /** Bytes of a copy that goes both ways; they are copied. */
  copyData(bytes: Buffer): void {
    const length = this.#begin(TO_SERVER.copyData);
    this.#reserve(bytes.length);
    this.#offset += bytes.copy(this.#slab, this.#offset);
    this.#finish(length);
  }

  copyDone(): void {
    this.#finish(this.#begin(TO_SERVER.copyDone));
  }

  #named(code: number, name: string): void {
    const length = this.#begin(code);
    this.#byte(0x53); // S: a statement, not a portal
    this.#cString(name);
    this.#finish(length);
  }

  /** Writes the type and leaves room for the length; returns how far into what is not taken yet the length stands. */
  #begin(code: number): number {
    this.#byte(code);
    const lengthAt = this.#offset - this.#start;
    this.#int32(0);
    return lengthAt;
  }

  /** Relative, because growing moves the message into another slab. */
  #finish(lengthAt: number): void {
    const start = this.#start + lengthAt;
    const uncopied = this.#uncopied.reduce((sum, { at, bytes }) => (at > lengthAt ? sum + bytes.length : sum), 0);
    this.#slab.writeInt32BE(this.#offset - start + uncopied, start);
  }

  #formats(values: readonly BoundValue[]): void {
    if (!values.some(Buffer.isBuffer)) {
      // No formats at all means: all text.
      this.#int16(0);
      return;
    }
    this.#int16(values.length);
    for (const value of values) this.#int16(Buffer.isBuffer(value) ? 1 : 0);
  }

  #value(value: BoundValue): void {
    if (value === null) {
      this.#int32(-1);
      return;
    }
    if (typeof value === 'string') {
      this.#reserve(4 + value.length * MAX_BYTES_PER_UNIT);
      const written = this.#slab.write(value, this.#offset + 4, 'utf8');
      this.#slab.writeInt32BE(written, this.#offset);
      this.#offset += 4 + written;
      return;
    }
    this.#int32(value.length);
    if (value.length >= UNCOPIED_BYTES) {
      this.#uncopied.push({ at: this.#offset - this.#start, bytes: value });
      return;
    }
    this.#reserve(value.length);
    value.copy(this.#slab, this.#offset);
    this.#offset += value.length;
  }

  #cString(text: string): void {
    if (text.includes('\0')) throw new RangeError(`SQL text or name contains a NUL byte: ${text.slice(0, 80)}`);
    this.#reserve(text.length * MAX_BYTES_PER_UNIT + 1);
    this.#offset += this.#slab.write(text, this.#offset, 'utf8');
    this.#slab[this.#offset++] = 0;
  }

  #byte(value: number): void {
    this.#reserve(1);
    this.#slab[this.#offset++] = value;
  }

  #int16(value: number): void {
    this.#reserve(2);
    this.#offset = this.#slab.writeUInt16BE(value, this.#offset);
  }

  #int32(value: number): void {
    this.#reserve(4);
    this.#offset = this.#slab.writeInt32BE(value, this.#offset);
  }

  #reserve(bytes: number): void {
    if (this.#offset + bytes <= this.#slab.length) return;
    const held = this.#offset - this.#start;
    this.#renew(Math.max(SLAB_BYTES, 2 * (held + bytes)));
  }

  /** Goes on in a new slab, with what is not taken yet at its beginning. */
  #renew(sizeBytes: number): void {
    const slab = Buffer.allocUnsafe(sizeBytes);
    this.#offset = this.#slab.copy(slab, 0, this.#start, this.#offset);
    this.#start = 0;
    this.#slab = slab;
  }
}
