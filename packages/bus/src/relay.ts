/**
 * Batches of projects' logs on their way from the process that reads a log to others. They are kept for a while, in
 * order; but this is never the only copy: whoever sends one knows whether it was taken, and whoever hears them
 * is told when some may be missing.
 */
export interface Relay {
  /**
   * Never rejects.
   *
   * @returns False when it was not taken: who should hear of it has to be told otherwise.
   * @throws {AshlarError} `bus.subject_invalid`, `bus.message_too_large`.
   */
  publish(batch: RelayedBatch): Promise<boolean>;
  /** Hears what any process sends, this one included, from where the follower of this name left off. */
  follow(follower: RelayFollower): RelayFollowing;
  close(): Promise<void>;
}

export interface RelayedBatch {
  /** Ref. */
  readonly project: string;
  /** What it holds, in one word. */
  readonly kind: string;
  /** Of what sort that is: words with dots in between. */
  readonly type: string;
  /** Where in the log it stands: another one of this project and position is the same, and not sent again. */
  readonly position: string;
  /** At most 512 KiB; not to be changed afterwards. */
  readonly bytes: Uint8Array;
}

export interface RelayFollower {
  /** One word, which outlives the process. */
  readonly name: string;
  /** It hears all types of this kind, of all projects, in the order in which they were sent. */
  readonly kind: string;
  /** Must return at once; its failure is reported. */
  onBatch(batch: Pick<RelayedBatch, 'project' | 'bytes'>): void;
  /** It hears from now on; what was sent before may be lost. Called again whenever that may be so. */
  onMissed(): void;
}

export interface RelayFollowing {
  stop(): void;
}
