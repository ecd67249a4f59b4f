/**
 * Giving back the memory of a body's chunks once they are written. Node counts such memory but looks for garbage only
 * when 64 MiB of it have gathered, so a large body would hold as much.
 */

/** Memory of chunks that come by in slices, and the chunks it was copied from. */
const inSlices = new WeakMap<ArrayBufferLike, readonly Buffer[]>();

/**
 * Says of a chunk that slices of it are handed on, in their order, and that nobody will look at it, or at what it was
 * copied from, when slices of another one follow.
 */
export function handOnInSlices(chunk: Buffer, copiedFrom: readonly Buffer[] = []): void {
  // Small buffers share theirs with others.
  if (isAlone(chunk)) inSlices.set(chunk.buffer, copiedFrom);
}

/** Takes the memory of what was written; of a chunk that comes in slices when the next one has come. */
export class Reclaimer {
  #held: ArrayBufferLike | null = null;

  take(written: readonly Buffer[]): void {
    for (const chunk of written) {
      if (this.#held !== null && this.#held !== chunk.buffer) {
        for (const { buffer } of (inSlices.get(this.#held) ?? []).filter(isAlone)) free(buffer);
        free(this.#held);
        this.#held = null;
      }
      if (inSlices.has(chunk.buffer)) this.#held = chunk.buffer;
      else if (isAlone(chunk)) free(chunk.buffer);
    }
  }
}

function isAlone({ buffer, byteLength }: Buffer): boolean {
  return buffer.byteLength === byteLength;
}

function free(memory: ArrayBufferLike): void {
  if (memory instanceof ArrayBuffer) memory.transfer(0);
}
