import type { FileHandle } from 'node:fs/promises';
import { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import type { ByteRange } from '../domain/conditions.ts';

/** Read from disk at a time. */
const READ_BYTES = 256 * 1024;
/** What is kept for the next download; further buffers are garbage. */
const MAX_FREE = 32;

const free: Buffer[] = [];

/**
 * The bytes of an open file, which is closed with the stream. Piped into an answer they pass through two buffers that
 * are used again: a new one for every read would cost the collector more time than the disk takes, and it lets tens of
 * megabytes gather.
 */
export class FileStream extends Readable {
  readonly #file: FileHandle;
  #at: number;
  readonly #end: number;
  #reading: Promise<unknown> = Promise.resolve();

  constructor(file: FileHandle, { start, end }: ByteRange = { start: 0, end: Infinity }) {
    super({ highWaterMark: READ_BYTES });
    this.#file = file;
    this.#at = start;
    this.#end = end + 1;
  }

  override pipe<Target extends NodeJS.WritableStream>(target: Target, options?: { end?: boolean }): Target {
    // Of anything else nobody knows how long it keeps what it was given.
    if (!(target instanceof ServerResponse)) return super.pipe(target, options);
    void this.#pour(target, options?.end !== false).catch((error: unknown) =>
      this.destroy(error instanceof Error ? error : new Error('The file cannot be read', { cause: error })),
    );
    return target;
  }

  override _read(): void {
    const buffer = Buffer.allocUnsafeSlow(READ_BYTES);
    this.#fill(buffer).then(
      (bytes) => this.push(bytes.length === 0 ? null : bytes),
      (error: Error) => this.destroy(error),
    );
  }

  override _destroy(reason: Error | null, done: (error?: Error | null) => void): void {
    void this.#close().finally(() => done(reason));
  }

  /** Nothing was written to the file, so nothing is lost when closing it fails. */
  async #close(): Promise<void> {
    // A number of a file that is read from must not be given to another file meanwhile.
    await this.#reading;
    await this.#file.close().catch(() => undefined);
  }

  async #pour(answer: ServerResponse, ends: boolean): Promise<void> {
    const buffers = [takeBuffer(), takeBuffer()] as const;
    let written: Promise<boolean> = Promise.resolve(true);
    for (let turn: 0 | 1 = 0; ; turn = turn === 0 ? 1 : 0) {
      const bytes = await this.#fill(buffers[turn]);
      // Broken off: nobody knows what still looks at the buffers.
      if (!(await written) || this.destroyed) return;
      if (bytes.length === 0) break;
      written = write(answer, bytes);
    }
    free.push(...buffers.slice(0, MAX_FREE - free.length));
    // An answer that ended before its source looks broken off.
    if (ends) this.once('end', () => answer.end());
    this.push(null);
    this.resume();
  }

  async #fill(buffer: Buffer): Promise<Buffer> {
    const wanted = Math.min(buffer.length, this.#end - this.#at);
    if (wanted <= 0) return buffer.subarray(0, 0);
    const reading = this.#file.read(buffer, 0, wanted, this.#at);
    this.#reading = reading.catch(() => undefined);
    const { bytesRead } = await reading;
    this.#at += bytesRead;
    return buffer.subarray(0, bytesRead);
  }
}

function takeBuffer(): Buffer {
  return free.pop() ?? Buffer.allocUnsafeSlow(READ_BYTES);
}

/** @returns Whether the system has taken the bytes, so that their place can be used again. */
function write(answer: ServerResponse, bytes: Buffer): Promise<boolean> {
  return new Promise((resolve) => void answer.write(bytes, (error) => resolve(!error)));
}
