/** Receives one message: its type and the place of its body, which is only valid during the call unless copied. */
export type OnMessage = (code: number, buffer: Buffer, start: number, end: number) => void;

/** A type byte and the length of what follows it. */
const HEADER_BYTES = 5;

/**
 * Cuts the server's byte stream into messages. A message that spans chunks is joined once, when its last byte is
 * there: joining chunk by chunk would copy a large row quadratically often.
 */
export class BackendReader {
  readonly #onMessage: OnMessage;
  #held: Buffer[] = [];
  #heldBytes = 0;
  #wantedBytes = 0;

  constructor(onMessage: OnMessage) {
    this.#onMessage = onMessage;
  }

  push(chunk: Buffer): void {
    const buffer = this.#join(chunk);
    if (buffer === null) return;
    let offset = 0;
    let wanted = HEADER_BYTES;
    while (buffer.length - offset >= HEADER_BYTES) {
      // The length counts itself but not the type byte.
      const length = buffer.readInt32BE(offset + 1) + 1;
      if (length > buffer.length - offset) {
        wanted = length;
        break;
      }
      this.#onMessage(buffer[offset] ?? 0, buffer, offset + HEADER_BYTES, offset + length);
      offset += length;
    }
    if (offset < buffer.length) this.#hold(buffer.subarray(offset), wanted);
  }

  #join(chunk: Buffer): Buffer | null {
    if (this.#heldBytes === 0) return chunk;
    this.#held.push(chunk);
    this.#heldBytes += chunk.length;
    if (this.#heldBytes < this.#wantedBytes) return null;
    const joined = Buffer.concat(this.#held, this.#heldBytes);
    this.#held = [];
    this.#heldBytes = 0;
    return joined;
  }

  #hold(rest: Buffer, wantedBytes: number): void {
    this.#held = [rest];
    this.#heldBytes = rest.length;
    this.#wantedBytes = wantedBytes;
  }
}
