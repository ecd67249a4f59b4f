import type { Project } from '@ashlar/service';
import type { AssuranceLevel, ClientTrace, Session } from '../domain/session.ts';
import type { Metadata, User } from '../domain/user.ts';
import type { AssuranceStore } from './assurance-store.ts';
import type { AddressGuardStore } from './address-guard-store.ts';
import type { AuditEntry } from './audit-entry.ts';
import type { AdminRecords } from './admin-records.ts';
import type { AttemptStore } from './attempt-store.ts';
import type { SettingsStore } from './settings-store.ts';
import type { ImpersonationStore } from './impersonation-store.ts';
import type { OrganisationStore } from './organisation-store.ts';
import type { PlaceStore } from './place-store.ts';
import type { FactorStore } from './factor-store.ts';
import type { FlowStore } from './flow-store.ts';
import type { OneTimeTokenStore } from './one-time-token-store.ts';
import type { IdentityStore } from './identity-store.ts';
import type { OAuthStateStore } from './oauth-state-store.ts';
import type { Outbox } from './outgoing-message.ts';
import type { PasskeyStore } from './passkey-store.ts';
import type { RecoveryCodeStore } from './recovery-code-store.ts';
import type { PendingChangeStore } from './pending-change-store.ts';

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
  /** Null takes the password away. */
  readonly passwordHash?: string | null;
  readonly emailConfirmedAt?: Date;
  readonly phoneConfirmedAt?: Date;
  readonly bannedUntil?: Date | null;
  readonly appMetadata?: Metadata;
  readonly userMetadata?: Metadata;
  readonly isAnonymous?: boolean;
}

/** The two ways this server itself vouches for; other providers come with their feature. */
export type OwnProvider = 'email' | 'phone';

export interface UserSearch {
  readonly offset: number;
  readonly limit: number;
  /** Beginning of an address, a number or a name, or an id; null = everybody. */
  readonly term: string | null;
  readonly sort: 'created_at' | 'last_sign_in_at' | 'email';
  readonly descending: boolean;
}

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
  remove(id: string): Promise<boolean>;
  /** Keeps the row for those who reference it, and forgets who it was. */
  erase(id: string, at: Date): Promise<boolean>;
  list(search: UserSearch): Promise<{
    readonly users: readonly User[];
    readonly total: number;
  }>;
}

interface NewSession extends Session {
  readonly refreshTokenHash: string;
  readonly client: ClientTrace;
  readonly at: Date;
  /** The latest end of the access token that goes with it. */
  readonly tokenExpiresAt: Date;
}

/** All that a refresh is decided on, read while the session is locked. */
export interface RefreshState {
  readonly user: User;
  readonly presented: { readonly hash: string; readonly revoked: boolean; readonly replacedAt: Date };
  readonly active: { readonly hash: string; readonly parentHash: string | null } | null;
  readonly session: Session;
  readonly sessionEndsAt: Date | null;
  readonly begunAt: Date;
  readonly usedAt: Date;
}

/** A session as its user sees it. */
export interface ListedSession {
  readonly id: string;
  readonly createdAt: Date;
  readonly usedAt: Date;
  /** It ends here whatever happens; null = no such bound of its own. */
  readonly endsAt: Date | null;
  readonly assuranceLevel: AssuranceLevel;
  readonly userAgent: string;
  readonly address: string;
}

interface Rotation {
  readonly sessionId: string;
  readonly userId: string;
  readonly parentHash: string;
  readonly refreshTokenHash: string;
  readonly client: ClientTrace;
  readonly at: Date;
  readonly tokenExpiresAt: Date;
}

export interface SessionStore {
  open(session: NewSession): Promise<void>;
  exists(id: string, userId: string): Promise<boolean>;
  /** Null when the user has no such session. */
  read(id: string, userId: string): Promise<Session | null>;
  /** Locks the token's session until the transaction ends, so that uses of one family come one after the other. */
  lockByRefreshToken(hash: string): Promise<RefreshState | 'unknown' | 'session-gone'>;
  rotate(rotation: Rotation): Promise<void>;
  /** An access token is issued for the session without a rotation: it can live until then. */
  noteToken(id: string, tokenExpiresAt: Date): Promise<void>;
  /** Of one user, the one used last first, the first hundred. */
  list(userId: string): Promise<readonly ListedSession[]>;
  /** False when the user has no such session. */
  endOne(id: string, userId: string): Promise<boolean>;
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
  readonly flows: FlowStore;
  readonly attempts: AttemptStore;
  readonly organisations: OrganisationStore;
  readonly places: PlaceStore;
  readonly settings: SettingsStore;
  readonly records: AdminRecords;
  readonly impersonations: ImpersonationStore;
  readonly factors: FactorStore;
  readonly recoveryCodes: RecoveryCodeStore;
  readonly assurance: AssuranceStore;
  readonly passkeys: PasskeyStore;
  readonly tokens: OneTimeTokenStore;
  readonly guards: AddressGuardStore;
  readonly pendingChanges: PendingChangeStore;
  readonly identities: IdentityStore;
  readonly oauthStates: OAuthStateStore;
  readonly outbox: Outbox;
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
