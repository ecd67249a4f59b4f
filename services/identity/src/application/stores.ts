import type { Project } from '@ashlar/service';
import type { ClientTrace, Session } from '../domain/session.ts';
import type { Metadata, User } from '../domain/user.ts';
import type { AuditEntry } from './audit-entry.ts';

export interface NewUser {
  readonly id: string;
  readonly role: string;
  readonly email: string | null;
  readonly phone: string | null;
  readonly passwordHash: string | null;
  readonly emailConfirmedAt: Date | null;
  readonly phoneConfirmedAt: Date | null;
  readonly bannedUntil: Date | null;
  readonly appMetadata: Metadata;
  readonly userMetadata: Metadata;
  readonly isAnonymous: boolean;
  readonly at: Date;
}

/** What a use case may change of an account; an absent member stays as it is. */
export interface UserChanges {
  readonly role?: string;
  readonly email?: string;
  readonly phone?: string;
  readonly passwordHash?: string;
  readonly emailConfirmedAt?: Date;
  readonly phoneConfirmedAt?: Date;
  readonly bannedUntil?: Date | null;
  readonly appMetadata?: Metadata;
  readonly userMetadata?: Metadata;
  readonly isAnonymous?: boolean;
}

/** The two ways this server itself vouches for; other providers come with their feature. */
export type OwnProvider = 'email' | 'phone';

export interface UserStore {
  findById(id: string): Promise<User | null>;
  /** Any letter case of what is stored matches; accounts of single sign-on do not. */
  findByEmail(email: string): Promise<User | null>;
  findByPhone(phone: string): Promise<User | null>;
  /** Until the transaction ends nobody else changes the account; new sessions are not kept waiting. */
  lock(id: string): Promise<void>;
  /** False when id, email or phone is taken, by a transaction that committed meanwhile too. */
  insert(user: NewUser): Promise<boolean>;
  /** False when there is no such account. */
  update(id: string, changes: UserChanges, at: Date): Promise<boolean>;
  /** Notes a sign-in, provided the password is still the one that was verified. */
  markSignedIn(id: string, verifiedHash: string | null, at: Date): Promise<boolean>;
  /** Adds the account's identity at a provider of our own, or brings its data up to date. */
  saveIdentity(userId: string, provider: OwnProvider, data: Metadata, at: Date): Promise<void>;
  keepConfirmation(userId: string, email: string, tokenHash: string, at: Date): Promise<void>;
  keepEmailChange(userId: string, newEmail: string, tokenHash: string, at: Date): Promise<void>;
  remove(id: string): Promise<boolean>;
  /** Keeps the row for those who reference it, and forgets who it was. */
  erase(id: string, at: Date): Promise<boolean>;
  /** Newest first. */
  list(page: { readonly offset: number; readonly limit: number }): Promise<{
    readonly users: readonly User[];
    readonly total: number;
  }>;
}

interface NewSession extends Session {
  readonly refreshTokenHash: string;
  readonly client: ClientTrace;
  readonly at: Date;
}

/** All that a refresh is decided on, read while the session is locked. */
export interface RefreshState {
  readonly user: User;
  readonly presented: { readonly hash: string; readonly revoked: boolean; readonly replacedAt: Date };
  readonly active: { readonly hash: string; readonly parentHash: string | null } | null;
  readonly session: Session;
  readonly sessionEndsAt: Date | null;
}

interface Rotation {
  readonly sessionId: string;
  readonly userId: string;
  readonly parentHash: string;
  readonly refreshTokenHash: string;
  readonly client: ClientTrace;
  readonly at: Date;
}

export interface SessionStore {
  open(session: NewSession): Promise<void>;
  exists(id: string, userId: string): Promise<boolean>;
  /** Locks the token's session until the transaction ends, so that uses of one family come one after the other. */
  lockByRefreshToken(hash: string): Promise<RefreshState | 'unknown' | 'session-gone'>;
  rotate(rotation: Rotation): Promise<void>;
  revokeFamily(sessionId: string, at: Date): Promise<void>;
  end(id: string): Promise<void>;
  /** Ends every session of the user, but for the one to keep. */
  endAll(userId: string, keep: string | null): Promise<void>;
}

/**
 * One transaction's view. Calls take effect in the order they are made, whether or not one is awaited before the
 * next: those that need nothing of each other go together and cost one way to the database.
 */
export interface Stores {
  readonly users: UserStore;
  readonly sessions: SessionStore;
  audit(entry: AuditEntry): Promise<void>;
}

/** Runs the callback in one transaction of the project's database; what it throws undoes everything. */
export type InTransaction = <Result>(cause: Cause, run: (stores: Stores) => Promise<Result>) => Promise<Result>;

/** Where a transaction happens, and the request it happens for. */
export interface Cause {
  readonly project: Project;
  /** W3C trace context of the request; what its transaction emits carries it on. */
  readonly traceparent: string;
}
