import type { Factor, Identity, User } from './user.ts';

/** The user as clients read it. A member that is optional on the wire is left out when there is nothing to say. */
export type UserDocument = Readonly<Record<string, unknown>>;

/** @see https://supabase.com/docs/reference/javascript/auth-getuser for the shape clients expect */
export function renderUser(user: User): UserDocument {
  return omitEmpty({
    id: user.id,
    aud: user.audience,
    role: user.role,
    email: user.email ?? '',
    email_confirmed_at: optional(user.emailConfirmedAt),
    invited_at: optional(user.invitedAt),
    phone: user.phone ?? '',
    phone_confirmed_at: optional(user.phoneConfirmedAt),
    confirmation_sent_at: optional(user.confirmationSentAt),
    confirmed_at: optional(earlier(user.emailConfirmedAt, user.phoneConfirmedAt)),
    recovery_sent_at: optional(user.recoverySentAt),
    new_email: user.newEmail ?? undefined,
    email_change_sent_at: optional(user.emailChangeSentAt),
    new_phone: user.newPhone ?? undefined,
    phone_change_sent_at: optional(user.phoneChangeSentAt),
    reauthentication_sent_at: optional(user.reauthenticationSentAt),
    last_sign_in_at: optional(user.lastSignInAt),
    app_metadata: user.appMetadata,
    user_metadata: user.userMetadata,
    factors: user.factors.length === 0 ? undefined : user.factors.map(renderFactor),
    identities: user.identities.map(renderIdentity),
    created_at: instant(user.createdAt),
    updated_at: instant(user.updatedAt),
    banned_until: optional(user.bannedUntil),
    deleted_at: optional(user.deletedAt),
    is_anonymous: user.isAnonymous,
  });
}

function renderIdentity(identity: Identity): UserDocument {
  return omitEmpty({
    identity_id: identity.id,
    id: identity.providerId,
    user_id: identity.userId,
    identity_data: identity.data,
    provider: identity.provider,
    last_sign_in_at: instant(identity.lastSignInAt ?? identity.createdAt),
    created_at: instant(identity.createdAt),
    updated_at: instant(identity.updatedAt),
    email: identity.email ?? undefined,
  });
}

export function renderFactor(factor: Factor): UserDocument {
  return omitEmpty({
    id: factor.id,
    friendly_name: factor.friendlyName ?? undefined,
    factor_type: factor.type,
    status: factor.status,
    phone: factor.phone ?? undefined,
    created_at: instant(factor.createdAt),
    updated_at: instant(factor.updatedAt),
    last_challenged_at: optional(factor.lastChallengedAt),
  });
}

/** RFC 3339 in UTC with a fraction and `Z`, as the clients' own tests compare it. */
function instant(time: Date): string {
  return time.toISOString();
}

function optional(time: Date | null): string | undefined {
  return time === null ? undefined : instant(time);
}

function earlier(one: Date | null, other: Date | null): Date | null {
  if (one === null || other === null) return one ?? other;
  return one < other ? one : other;
}

function omitEmpty(members: Readonly<Record<string, unknown>>): UserDocument {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}
