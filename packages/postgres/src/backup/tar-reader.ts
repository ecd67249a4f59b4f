import { BLOCK_BYTES, decodePaxRecords, decodeTarBlock, type TarEntry } from './tar-header.ts';

/** A pax extension of ours holds one path and one size; a larger one is not ours. */
const LARGEST_EXTENSION_BYTES = 64 * 1024;

/** An archive that ends early or holds what we never write. */
export class TarFormatError extends Error {}

export interface ReadEntry {
  readonly entry: TarEntry;
  /** To be read to its end before the next entry is asked for; what is left is skipped. */
  readonly content: AsyncIterable<Buffer>;
}

/**
 * Reads an archive entry by entry, holding no more than a chunk of it.
 *
 * @throws {TarFormatError} When it ends without its closing blocks or is no archive of ours.
 */
export async function* readTar(source: AsyncIterable<Buffer>): AsyncGenerator<ReadEntry, void, undefined> {
  const bytes = new ByteQueue(source);
  for (;;) {
    const offsetBytes = bytes.consumed;
    let block = decodeTarBlock(await bytes.take(BLOCK_BYTES));
    let extension: ReturnType<typeof decodePaxRecords> = {};
    if (block?.kind === 'extension') {
      if (block.sizeBytes > LARGEST_EXTENSION_BYTES) throw new TarFormatError('an extension is too long');
      extension = decodePaxRecords(await bytes.take(block.sizeBytes));
      await bytes.take(paddingBytes(block.sizeBytes));
      block = decodeTarBlock(await bytes.take(BLOCK_BYTES));
    }
    if (block?.kind === 'end') return bytes.drain();
    if (block?.kind !== 'entry') throw new TarFormatError(`no header at byte ${offsetBytes}`);
    const entry: TarEntry = { ...block.entry, ...extension };
    const content = contentOf(bytes, entry.sizeBytes);
    yield { entry, content };
    for await (const _ of content) continue;
    await bytes.take(paddingBytes(entry.sizeBytes));
  }
}

async function* contentOf(bytes: ByteQueue, sizeBytes: number): AsyncGenerator<Buffer, void, undefined> {
  for (let left = sizeBytes; left > 0;) {
    const chunk = await bytes.takeSome(left);
    left -= chunk.length;
    yield chunk;
  }
}

function paddingBytes(sizeBytes: number): number {
  return (BLOCK_BYTES - (sizeBytes % BLOCK_BYTES)) % BLOCK_BYTES;
}

/** Cuts a stream of chunks into the lengths asked for. */
class ByteQueue {
  readonly #source: AsyncIterator<Buffer>;
  #rest: Buffer = Buffer.alloc(0);
  consumed = 0;

  constructor(source: AsyncIterable<Buffer>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** Exactly so many bytes. */
  async take(length: number): Promise<Buffer> {
    const parts: Buffer[] = [];
    for (let left = length; left > 0;) {
      const part = await this.takeSome(left);
      parts.push(part);
      left -= part.length;
    }
    return Buffer.concat(parts);
  }

  /** Reads on to the end, so that a compressed source can verify its own checksum. */
  async drain(): Promise<void> {
    while ((await this.#source.next()).done !== true) continue;
  }

  /** At least one byte and at most `limit`. */
  async takeSome(limit: number): Promise<Buffer> {
    while (this.#rest.length === 0) {
      const next = await this.#source.next();
      if (next.done === true) throw new TarFormatError(`it ends after ${this.consumed} bytes, in the middle`);
      this.#rest = next.value;
    }
    const taken = this.#rest.subarray(0, limit);
    this.#rest = this.#rest.subarray(taken.length);
    this.consumed += taken.length;
    return taken;
  }
}
