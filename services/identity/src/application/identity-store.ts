import type { Identity, Metadata } from '../domain/user.ts';

export interface NewIdentity {
  readonly userId: string;
  readonly provider: string;
  /** The provider's own id of the person. */
  readonly providerId: string;
  readonly data: Metadata;
  readonly at: Date;
}

/** Identities at providers other than this server itself. */
export interface IdentityStore {
  /** Until the transaction ends, nobody else decides whose identity this is. */
  claim(provider: string, providerId: string): Promise<void>;
  find(provider: string, providerId: string): Promise<Pick<Identity, 'id' | 'userId'> | null>;
  add(identity: NewIdentity): Promise<void>;
  /** Notes a sign-in with what the provider says now. */
  refresh(id: string, data: Metadata, at: Date): Promise<void>;
  remove(id: string, userId: string): Promise<void>;
  /** Gives the account another address, or none. */
  moveAddress(userId: string, email: string | null, at: Date): Promise<void>;
  /**
   * Takes from an account all that nobody has proven to be its owner's: password, number, other identities, factors,
   * sessions, pending codes and changes.
   */
  dropUnproven(userId: string, at: Date): Promise<void>;
}
