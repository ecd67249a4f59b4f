/** A user's set of one-use codes. */
export interface RecoveryCodeSet {
  readonly factorId: string;
  readonly total: number;
  readonly remaining: number;
}

export interface RecoveryCodeStore {
  find(userId: string): Promise<RecoveryCodeSet | null>;
  /** In place of all the factor had. */
  replace(factorId: string, hashes: readonly string[], at: Date): Promise<void>;
  /** False when there is no such code or it was used, by a transaction that committed meanwhile too. */
  use(factorId: string, hash: string, at: Date): Promise<boolean>;
}
