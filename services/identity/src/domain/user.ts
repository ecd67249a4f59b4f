import type { Rights } from './permissions.ts';

/** An account as the database holds it; optional times are null until they happened. */
export interface User {
  readonly id: string;
  readonly audience: string;
  readonly role: string;
  readonly email: string | null;
  /** Without `+`. */
  readonly phone: string | null;
  readonly passwordHash: string | null;
  readonly emailConfirmedAt: Date | null;
  readonly phoneConfirmedAt: Date | null;
  readonly invitedAt: Date | null;
  readonly confirmationSentAt: Date | null;
  readonly recoverySentAt: Date | null;
  /** The address asked for, until it is confirmed. */
  readonly newEmail: string | null;
  readonly emailChangeSentAt: Date | null;
  readonly newPhone: string | null;
  readonly phoneChangeSentAt: Date | null;
  readonly reauthenticationSentAt: Date | null;
  readonly lastSignInAt: Date | null;
  readonly bannedUntil: Date | null;
  readonly deletedAt: Date | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly appMetadata: Metadata;
  readonly userMetadata: Metadata;
  readonly isAnonymous: boolean;
  readonly identities: readonly Identity[];
  readonly factors: readonly Factor[];
  /** Those the user is an active member of, in the order they were joined; at most 50. */
  readonly organisations: readonly OrganisationRights[];
}

/** What a user may do in an organisation, as tokens say it. */
export interface OrganisationRights extends Rights {
  readonly id: string;
  readonly slug: string;
  readonly roles: readonly string[];
}

export type Metadata = Readonly<Record<string, unknown>>;

/** A way the account is known to a provider; for `email` and `phone` the provider is this server. */
export interface Identity {
  readonly id: string;
  readonly userId: string;
  /** The provider's own id of the user; for `email` and `phone` it is the user's id. */
  readonly providerId: string;
  readonly provider: string;
  readonly data: Metadata;
  readonly email: string | null;
  readonly lastSignInAt: Date | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export interface Factor {
  readonly id: string;
  readonly friendlyName: string | null;
  readonly type: 'totp' | 'phone' | 'webauthn' | 'recovery_code';
  readonly status: 'unverified' | 'verified';
  readonly phone: string | null;
  readonly lastChallengedAt: Date | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** What tokens and tables say of every ordinary account; administrators may give another role. */
export const AUTHENTICATED = 'authenticated';

export function isBanned(user: Pick<User, 'bannedUntil'>, now: Date): boolean {
  return user.bannedUntil !== null && user.bannedUntil > now;
}

export function hasVerifiedFactor(user: Pick<User, 'factors'>): boolean {
  return user.factors.some((factor) => factor.status === 'verified');
}
