import type { Factor, Identity, Metadata, User } from '../domain/user.ts';

/** What `SELECT_USER` returns; a type, not an interface, because rows must be records. */
export type UserRow = {
  readonly id: string;
  readonly aud: string;
  readonly role: string;
  readonly email: string | null;
  readonly phone: string | null;
  readonly encrypted_password: string | null;
  readonly email_confirmed_at: Date | null;
  readonly phone_confirmed_at: Date | null;
  readonly invited_at: Date | null;
  readonly confirmation_sent_at: Date | null;
  readonly recovery_sent_at: Date | null;
  readonly email_change: string | null;
  readonly email_change_sent_at: Date | null;
  readonly phone_change: string | null;
  readonly phone_change_sent_at: Date | null;
  readonly reauthentication_sent_at: Date | null;
  readonly last_sign_in_at: Date | null;
  readonly banned_until: Date | null;
  readonly deleted_at: Date | null;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly raw_app_meta_data: Metadata;
  readonly raw_user_meta_data: Metadata;
  readonly is_anonymous: boolean;
  readonly identities: readonly IdentityJson[];
  readonly factors: readonly FactorJson[];
  readonly organisations: User['organisations'];
};

interface IdentityJson {
  readonly id: string;
  readonly user_id: string;
  readonly provider_id: string;
  readonly provider: string;
  readonly identity_data: Metadata;
  readonly email: string | null;
  readonly last_sign_in_at: string | null;
  readonly created_at: string | null;
  readonly updated_at: string | null;
}

interface FactorJson {
  readonly id: string;
  readonly friendly_name: string | null;
  readonly factor_type: Factor['type'];
  readonly status: Factor['status'];
  readonly phone: string | null;
  readonly last_challenged_at: string | null;
  readonly created_at: string;
  readonly updated_at: string;
}

/**
 * Seeds insert rows by hand, so what ordinary accounts always have may be missing or '' here. A ban until 'infinity'
 * becomes the last instant of the year 9999, because no Date holds infinity.
 */
export const USER_COLUMNS = `u.id, coalesce(nullif(u.aud, ''), 'authenticated') as aud, coalesce(nullif(u.role, ''), 'authenticated') as role,
    nullif(u.email, '') as email, nullif(u.phone, '') as phone, nullif(u.encrypted_password, '') as encrypted_password,
    u.email_confirmed_at, u.phone_confirmed_at, u.invited_at, u.confirmation_sent_at, u.recovery_sent_at,
    nullif(u.email_change, '') as email_change, u.email_change_sent_at,
    nullif(u.phone_change, '') as phone_change, u.phone_change_sent_at,
    u.reauthentication_sent_at, u.last_sign_in_at,
    case u.banned_until when 'infinity' then timestamptz '9999-12-31T23:59:59Z' else u.banned_until end as banned_until,
    u.deleted_at,
    coalesce(u.created_at, u.updated_at, timestamptz 'epoch') as created_at,
    coalesce(u.updated_at, u.created_at, timestamptz 'epoch') as updated_at,
    case jsonb_typeof(u.raw_app_meta_data) when 'object' then u.raw_app_meta_data else '{}' end as raw_app_meta_data,
    case jsonb_typeof(u.raw_user_meta_data) when 'object' then u.raw_user_meta_data else '{}' end as raw_user_meta_data,
    u.is_anonymous,
    (select coalesce(jsonb_agg(to_jsonb(i) order by i.created_at, i.id), '[]')
      from auth.identities i where i.user_id = u.id) as identities,
    (select coalesce(jsonb_agg(jsonb_build_object(
        'id', f.id, 'friendly_name', f.friendly_name, 'factor_type', f.factor_type, 'status', f.status,
        'phone', f.phone, 'last_challenged_at', f.last_challenged_at,
        'created_at', f.created_at, 'updated_at', f.updated_at) order by f.created_at, f.id), '[]')
      from auth.mfa_factors f where f.user_id = u.id) as factors,
    auth.organisations_of(u.id) as organisations`;

export const SELECT_USER: string = `select ${USER_COLUMNS} from auth.users u`;

export function toUser(row: UserRow): User {
  return {
    id: row.id,
    audience: row.aud,
    role: row.role,
    email: row.email,
    phone: row.phone,
    passwordHash: row.encrypted_password,
    emailConfirmedAt: row.email_confirmed_at,
    phoneConfirmedAt: row.phone_confirmed_at,
    invitedAt: row.invited_at,
    confirmationSentAt: row.confirmation_sent_at,
    recoverySentAt: row.recovery_sent_at,
    newEmail: row.email_change,
    emailChangeSentAt: row.email_change_sent_at,
    newPhone: row.phone_change,
    phoneChangeSentAt: row.phone_change_sent_at,
    reauthenticationSentAt: row.reauthentication_sent_at,
    lastSignInAt: row.last_sign_in_at,
    bannedUntil: row.banned_until,
    deletedAt: row.deleted_at,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    appMetadata: row.raw_app_meta_data,
    userMetadata: row.raw_user_meta_data,
    isAnonymous: row.is_anonymous,
    identities: row.identities.map((identity) => toIdentity(identity, row.created_at)),
    factors: row.factors.map(toFactor),
    organisations: row.organisations,
  };
}

function toIdentity(json: IdentityJson, fallback: Date): Identity {
  const createdAt = toDate(json.created_at) ?? fallback;
  return {
    id: json.id,
    userId: json.user_id,
    providerId: json.provider_id,
    provider: json.provider,
    data: json.identity_data,
    email: json.email,
    lastSignInAt: toDate(json.last_sign_in_at),
    createdAt,
    updatedAt: toDate(json.updated_at) ?? createdAt,
  };
}

function toFactor(json: FactorJson): Factor {
  return {
    id: json.id,
    friendlyName: json.friendly_name,
    type: json.factor_type,
    status: json.status,
    phone: json.phone,
    lastChallengedAt: toDate(json.last_challenged_at),
    createdAt: new Date(json.created_at),
    updatedAt: new Date(json.updated_at),
  };
}

function toDate(text: string | null): Date | null {
  return text === null ? null : new Date(text);
}
