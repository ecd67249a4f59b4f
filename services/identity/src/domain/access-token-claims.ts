import type { Session } from './session.ts';
import type { User } from './user.ts';

export interface TokenLifetime {
  /** Seconds since 1970. */
  readonly issuedAt: number;
  readonly expiresAt: number;
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
  };
}
