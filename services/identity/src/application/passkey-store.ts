import type { NewCredential, StoredCredential } from './web-authn.ts';

/** A credential that signs its owner in by itself. */
export interface Passkey {
  readonly id: string;
  readonly userId: string;
  readonly friendlyName: string;
  readonly createdAt: Date;
  readonly lastUsedAt: Date | null;
  readonly credential: StoredCredential;
}

export interface PasskeyChallenge {
  readonly challenge: string;
  readonly expiresAt: Date;
}

export interface PasskeyStore {
  list(userId: string): Promise<readonly Passkey[]>;
  find(id: string, userId: string): Promise<Passkey | null>;
  findByCredential(credentialId: string): Promise<Passkey | null>;
  /** False when the credential is registered already, by whomever. */
  add(passkey: Omit<Passkey, 'credential' | 'lastUsedAt'>, credential: NewCredential): Promise<boolean>;
  rename(id: string, userId: string, friendlyName: string, at: Date): Promise<boolean>;
  remove(id: string, userId: string): Promise<boolean>;
  /** Locks it until the transaction ends and tells its counter; null when it is gone. */
  lockCounter(id: string): Promise<number | null>;
  markUsed(id: string, counter: number, at: Date): Promise<void>;
  /** A null user means that anybody may answer. Forgets what expired before `at`. */
  keepChallenge(id: string, userId: string | null, challenge: PasskeyChallenge, at: Date): Promise<void>;
  /** Takes the challenge away, so that of many answers one counts. */
  takeChallenge(id: string, userId: string | null): Promise<PasskeyChallenge | null>;
}
