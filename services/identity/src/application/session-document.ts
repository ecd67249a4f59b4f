import { accessTokenClaims } from '../domain/access-token-claims.ts';
import type { PasswordWeakness } from '../domain/password-rules.ts';
import type { Session } from '../domain/session.ts';
import { renderUser, type UserDocument } from '../domain/user-document.ts';
import type { User } from '../domain/user.ts';
import type { IdentityParts, Visit } from './visit.ts';

/** The answer to every successful sign-in and refresh. */
export interface SessionDocument {
  readonly access_token: string;
  readonly token_type: 'bearer';
  /** Seconds. */
  readonly expires_in: number;
  /** Seconds since 1970. */
  readonly expires_at: number;
  readonly refresh_token: string;
  readonly user: UserDocument;
  readonly weak_password?: PasswordWeakness;
}

/** An open session with what its holder will present. */
export interface OpenSession {
  readonly user: User;
  readonly session: Session;
  readonly refreshToken: string;
}

/** Signs the access token outside of any transaction: keys are CPU work, and no connection should wait for it. */
export async function renderSession(
  parts: IdentityParts,
  visit: Visit,
  { user, session, refreshToken }: OpenSession,
): Promise<SessionDocument> {
  const expiresIn = visit.project.settings.auth.jwtExpirySeconds;
  const issuedAt = Math.floor(parts.now().getTime() / 1000);
  const expiresAt = issuedAt + expiresIn;
  const claims = accessTokenClaims(user, session, visit.issuer, { issuedAt, expiresAt });
  return {
    access_token: await parts.signToken(visit.project, claims),
    token_type: 'bearer',
    expires_in: expiresIn,
    expires_at: expiresAt,
    refresh_token: refreshToken,
    user: renderUser(user),
  };
}
