/**
 * Messages between the processes of an instance, at most once: one that hears nothing for a while has missed what
 * was said. Those of one publisher about one subject arrive in the order in which they were published.
 */
export interface Bus {
  /** Whether there may be other processes to reach. */
  readonly isShared: boolean;
  /**
   * Never waits, and does not fail when nobody can be reached.
   *
   * @param subject Words of `A-Z a-z 0-9 _ -` with dots in between, at most 255 characters.
   * @param bytes At most 512 KiB; not to be changed afterwards.
   * @throws {AshlarError} `bus.subject_invalid`, `bus.message_too_large`.
   */
  publish(subject: string, bytes: Uint8Array): void;
  /**
   * Hears what any process publishes, this one included. A handler must return at once; its failure is reported and
   * disturbs nobody.
   *
   * @throws {AshlarError} `bus.subject_invalid`.
   */
  subscribe(subject: string, handler: BusHandler): BusSubscription;
  /** Resolves when nothing that was published before waits in this process any more; never rejects. */
  flush(): Promise<void>;
  /** Sends what was published, then hears and says no more. */
  close(): Promise<void>;
}

export type BusHandler = (bytes: Uint8Array) => void;

export interface BusSubscription {
  /** Resolves once everything published from now on is heard, as far as there is anybody to hear it from. */
  readonly ready: Promise<void>;
  stop(): void;
}
