import type { Session } from './session.ts';
import type { User } from './user.ts';

export interface TokenLifetime {
  /** Seconds since 1970. */
  readonly issuedAt: number;
  readonly expiresAt: number;
}

/** Bytes of JSON the rights in one organisation may take; beyond it an application asks for them. */
const MAX_RIGHTS_BYTES = 2048;

/**
 * The organisation acted for with its rights, and the ids of all. For an application to draw its menus by: what is
 * allowed is decided by the database, which knows of changes at once.
 */
function organisationClaims({ organisations }: User, { organisationId }: Session): Readonly<Record<string, unknown>> {
  const acting = organisations.find(({ id }) => id === organisationId) ?? organisations[0];
  if (acting === undefined) return {};
  const { id, slug, roles, permissions, denials } = acting;
  const rights = { permissions, ...(denials.length === 0 ? {} : { denials }) };
  const fits = JSON.stringify(rights).length <= MAX_RIGHTS_BYTES;
  return { org: { id, slug, roles, ...(fits ? rights : {}) }, org_ids: organisations.map((one) => one.id) };
}

/** The claims of an access token: what row-level security sees as `auth.jwt()`. */
export function accessTokenClaims(
  user: User,
  session: Session,
  issuer: string,
  lifetime: TokenLifetime,
): Readonly<Record<string, unknown>> {
  return {
    iss: issuer,
    sub: user.id,
    aud: user.audience,
    exp: lifetime.expiresAt,
    iat: lifetime.issuedAt,
    email: user.email ?? '',
    phone: user.phone ?? '',
    app_metadata: user.appMetadata,
    user_metadata: user.userMetadata,
    role: user.role,
    aal: session.assuranceLevel,
    amr: session.methods.map(({ method, at }) => ({ method, timestamp: Math.floor(at.getTime() / 1000) })),
    session_id: session.id,
    is_anonymous: user.isAnonymous,
    ...organisationClaims(user, session),
  };
}
