import type { Factor } from '../domain/user.ts';
import type { StoredCredential } from './web-authn.ts';

/** A factor with what only this service may know of it. */
export interface HeldFactor extends Factor {
  readonly userId: string;
  /** Sealed; of a TOTP factor only. */
  readonly secret: string | null;
  readonly credential: StoredCredential | null;
  /** The last time step whose code was taken. */
  readonly lastStep: number | null;
}

export interface NewFactor {
  readonly id: string;
  readonly userId: string;
  readonly type: Factor['type'];
  readonly status: Factor['status'];
  readonly friendlyName: string;
  readonly secret: string | null;
  readonly phone: string | null;
  readonly at: Date;
}

export interface Challenge {
  readonly id: string;
  readonly createdAt: Date;
  readonly verifiedAt: Date | null;
  /** Whether it was asked for from the address given. */
  readonly isSameAddress: boolean;
  readonly codeHash: string | null;
  /** Of a WebAuthn ceremony. */
  readonly ceremony: FactorCeremony | null;
}

export interface FactorCeremony {
  readonly type: 'create' | 'request';
  readonly challenge: string;
}

export interface NewChallenge {
  readonly id: string;
  readonly factorId: string;
  readonly address: string;
  readonly codeHash: string | null;
  readonly ceremony: FactorCeremony | null;
  readonly at: Date;
}

export interface FactorStore {
  /** Locked until the transaction ends; null when the user has no such factor. */
  lock(id: string, userId: string): Promise<HeldFactor | null>;
  add(factor: NewFactor): Promise<void>;
  rename(id: string, friendlyName: string, at: Date): Promise<void>;
  setPhone(id: string, phone: string, at: Date): Promise<void>;
  markVerified(id: string, at: Date): Promise<void>;
  remove(id: string): Promise<void>;
  /** Those begun and not gone on with since, and, with a phone, those for it. */
  removeUnverified(userId: string, before: Date, phone: string | null): Promise<void>;
  /** Credentials of all WebAuthn factors of a user. */
  credentials(userId: string): Promise<readonly StoredCredential[]>;
  keepCredential(id: string, credential: StoredCredential, aaguid: string | null, at: Date): Promise<void>;
  /** Forgets the factor's expired challenges, and the oldest of too many. */
  challenge(challenge: NewChallenge, expiredBefore: Date): Promise<void>;
  findChallenge(id: string, factorId: string, address: string): Promise<Challenge | null>;
  /** Takes the challenge out of use. */
  useChallenge(id: string, at: Date): Promise<void>;
  /** No code of this time step or an earlier one is taken again. */
  keepStep(id: string, step: number): Promise<void>;
  /** When the account was last sent a code for a second factor; the answer stays true until the transaction ends. */
  lastTextMessageAt(userId: string): Promise<Date | null>;
  noteTextMessage(userId: string, at: Date): Promise<void>;
}
