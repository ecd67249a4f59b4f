import type { Bus } from '@ashlar/bus';

/** Handed to the bus and not yet on its way. */
const MAX_ON_THE_WAY_BYTES = 8 * 1024 * 1024;

/** Publishes about one subject, large things only as fast as the bus gets rid of them. */
export class PacedPublisher {
  readonly #bus: Bus;
  readonly #subject: string;
  #onTheWayBytes = 0;
  #isFlushing = false;

  constructor(bus: Bus, subject: string) {
    this.#bus = bus;
    this.#subject = subject;
  }

  publish(message: Uint8Array): void {
    this.#bus.publish(this.#subject, message);
  }

  /** All of these, or none while too much is on its way: whoever misses them asks. */
  publishAll(messages: readonly Uint8Array[], sizeBytes: number): void {
    if (this.#onTheWayBytes > MAX_ON_THE_WAY_BYTES) return;
    for (const message of messages) this.publish(message);
    this.#onTheWayBytes += sizeBytes;
    if (!this.#isFlushing) void this.#flush();
  }

  async #flush(): Promise<void> {
    this.#isFlushing = true;
    while (this.#onTheWayBytes > 0) {
      const bytes = this.#onTheWayBytes;
      await this.#bus.flush();
      this.#onTheWayBytes -= bytes;
    }
    this.#isFlushing = false;
  }
}
