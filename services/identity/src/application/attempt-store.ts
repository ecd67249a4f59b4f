/** Failed proofs of identity, counted across processes. */
export interface AttemptStore {
  /** When the last of the locks on these subjects ends; null when none holds. */
  lockedUntil(subjects: readonly Buffer[], now: Date): Promise<Date | null>;
  /** Counts a failure and locks the subject when there were too many; the lock doubles with each further one. */
  fail(subject: Buffer, bound: LockBound, now: Date): Promise<void>;
  forget(subjects: readonly Buffer[]): Promise<void>;
}

export interface LockBound {
  /** Failures before the first lock. */
  readonly attempts: number;
  readonly maxLockSeconds: number;
}
