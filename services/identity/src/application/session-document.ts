import { accessTokenClaims } from '../domain/access-token-claims.ts';
import type { PasswordWeakness } from '../domain/password-rules.ts';
import type { Session } from '../domain/session.ts';
import { renderUser, type UserDocument } from '../domain/user-document.ts';
import type { User } from '../domain/user.ts';
import { hookedClaims } from './hooks.ts';
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

/**
 * Signs the access token, with the claims the project's hook made of ours, outside of any transaction: keys are CPU
 * work, and no connection should wait for it.
 *
 * @throws {AshlarError} those of `runHook`.
 */
export async function renderSession(
  parts: IdentityParts,
  visit: Visit,
  { user, session, refreshToken }: OpenSession,
  authenticationMethod: string = session.methods[0]?.method ?? '',
): Promise<SessionDocument> {
  const expiresIn = visit.settings.sessions.accessTokenSeconds;
  const issuedAt = Math.floor(parts.now().getTime() / 1000);
  const expiresAt = issuedAt + expiresIn;
  const own = accessTokenClaims(user, session, visit.issuer, { issuedAt, expiresAt });
  const claims = await hookedClaims(parts, visit, own, authenticationMethod);
  return {
    access_token: parts.signToken(visit.project, claims),
    token_type: 'bearer',
    expires_in: Number(claims['exp']) - issuedAt,
    expires_at: Number(claims['exp']),
    refresh_token: refreshToken,
    user: renderUser(user),
  };
}
