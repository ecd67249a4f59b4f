import { handOnInSlices } from '../adapters/reclaim.ts';
import { s3Errors } from './s3-errors.ts';

/** Lines and counted bytes of a stream, in turn; keeps no more of it than one chunk and one line. */
export class ByteReader {
  readonly #source: AsyncIterator<Buffer>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(source: AsyncIterable<Buffer>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** Up to the next CRLF, which is not part of it. @throws {AshlarError} `s3.malformed_chunk` when it is longer. */
  async line(maxBytes: number): Promise<string> {
    for (;;) {
      const end = this.#rest.indexOf('\r\n');
      if (end >= 0 && end <= maxBytes) {
        const line = this.#rest.toString('latin1', 0, end);
        this.#rest = this.#rest.subarray(end + 2);
        return line;
      }
      if (end > maxBytes || this.#rest.length > maxBytes + 1) {
        throw s3Errors.malformedChunk({ detail: 'a line is longer than it may be' });
      }
      if (!(await this.#more())) throw s3Errors.incompleteBody();
    }
  }

  /** Exactly so many. @throws {AshlarError} `s3.incomplete_body`. */
  async *bytes(count: number): AsyncGenerator<Buffer> {
    let remaining = count;
    while (remaining > 0) {
      if (this.#rest.length === 0 && !(await this.#more())) throw s3Errors.incompleteBody();
      const part = this.#rest.subarray(0, remaining);
      this.#rest = this.#rest.subarray(part.length);
      remaining -= part.length;
      if (part.length > 0) yield part;
    }
  }

  async isAtEnd(): Promise<boolean> {
    return this.#rest.length === 0 && !(await this.#more());
  }

  async #more(): Promise<boolean> {
    for (;;) {
      const next = await this.#source.next();
      if (next.done === true) return false;
      if (next.value.length === 0) continue;
      const isNew = this.#rest.length === 0;
      this.#rest = isNew ? next.value : Buffer.concat([this.#rest, next.value]);
      handOnInSlices(this.#rest, isNew ? [] : [next.value]);
      return true;
    }
  }
}
