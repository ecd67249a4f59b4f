import type { FramePart } from './change-messages.ts';

/** Puts the parts of one frame together, which come in their order or begin anew. */
export class FrameParts {
  #seq = -1;
  #bodies: Buffer[] = [];

  /** @returns The whole frame with its last part. */
  add({ seq, part, parts }: FramePart, body: Buffer): Buffer | null {
    if (part === 0) {
      this.#seq = seq;
      this.#bodies = [];
    }
    // The rest of one whose beginning was lost is asked for again.
    if (seq !== this.#seq || part !== this.#bodies.length) return null;
    this.#bodies.push(body);
    if (this.#bodies.length < parts) return null;
    const whole = Buffer.concat(this.#bodies);
    this.clear();
    return whole;
  }

  clear(): void {
    this.#seq = -1;
    this.#bodies = [];
  }
}
