import { identityErrors } from '../domain/identity-errors.ts';
import { decideRefresh } from '../domain/refresh-decision.ts';
import { sessionBounds, tokenEnd } from '../domain/session-bounds.ts';
import { deriveRefreshToken, hashRefreshToken, MIN_REFRESH_TOKEN_LENGTH } from '../domain/refresh-token.ts';
import { auditEntry } from './audit-entry.ts';
import { renderSession, type OpenSession, type SessionDocument } from './session-document.ts';
import type { RefreshState, Stores } from './stores.ts';
import { report, type IdentityParts, type Visit } from './visit.ts';

type Outcome =
  | { readonly kind: 'open'; readonly opened: OpenSession }
  /** Returned, not thrown: the revocation must be committed although the answer is a refusal. */
  | { readonly kind: 'reused'; readonly userId: string };

/**
 * Exchanges a refresh token for a new pair of the same session. Uses of one family are taken one after the other, so
 * of many at once exactly one rotates and the others are given its pair.
 *
 * @throws {AshlarError} `identity.refresh_token_not_found`, `identity.refresh_token_already_used` (the family is then
 *   revoked), `identity.refresh_session_not_found`, `identity.session_expired`, `identity.refresh_banned`.
 */
export async function refreshSession(
  parts: IdentityParts,
  visit: Visit,
  refreshToken: string,
): Promise<SessionDocument> {
  if (refreshToken === '') throw identityErrors.validationFailed({ detail: 'refresh_token required' });
  if (refreshToken.length < MIN_REFRESH_TOKEN_LENGTH) {
    throw identityErrors.validationFailed({ detail: 'Refresh token is not valid' });
  }
  const presentedHash = hashRefreshToken(refreshToken);
  const swift = await refreshSwiftly(parts, visit, presentedHash);
  if (swift !== null) return renderSession(parts, visit, swift, 'token_refresh');
  const outcome = await parts.inTransaction(visit, (stores) => exchange(stores, parts, visit, presentedHash));
  if (outcome.kind === 'reused') {
    report(parts, visit, 'refresh-token-reused', outcome.userId);
    throw identityErrors.refreshTokenAlreadyUsed();
  }
  return renderSession(parts, visit, outcome.opened, 'token_refresh');
}

/** The common case; null when it is another. */
async function refreshSwiftly(parts: IdentityParts, visit: Visit, presentedHash: string): Promise<OpenSession | null> {
  const at = parts.now();
  const { sessions } = visit.settings;
  const refreshToken = deriveRefreshToken(visit.project.keys.jwtSecret, presentedHash);
  const refreshed = await parts.swiftRefresh(visit, {
    presentedHash,
    successorHash: hashRefreshToken(refreshToken),
    client: visit.client,
    bounds: sessionBounds(sessions, at),
    at,
    tokenExpiresAt: tokenEnd(sessions, at),
  });
  return refreshed === null ? null : { ...refreshed, refreshToken };
}

async function exchange(stores: Stores, parts: IdentityParts, visit: Visit, tokenHash: string): Promise<Outcome> {
  const state = await stores.sessions.lockByRefreshToken(tokenHash);
  if (state === 'unknown') throw identityErrors.refreshTokenNotFound();
  if (state === 'session-gone') throw identityErrors.refreshSessionNotFound();
  const { user } = state;
  const now = parts.now();
  const { refreshReuseIntervalSeconds } = visit.settings.sessions;
  const bounds = sessionBounds(visit.settings.sessions, now);
  const attempt = { ...state, bannedUntil: user.bannedUntil };
  const decision = decideRefresh(attempt, bounds, now, refreshReuseIntervalSeconds);
  switch (decision.kind) {
    case 'banned':
      throw identityErrors.refreshBanned();
    case 'session-expired':
      throw identityErrors.sessionExpired();
    case 'session-inactive':
      throw identityErrors.sessionInactive();
    case 'revoke-family':
      await Promise.all([
        stores.sessions.revokeFamily(state.session.id, now),
        stores.audit(auditEntry('token_revoked', user, visit.client.address, now)),
      ]);
      return { kind: 'reused', userId: user.id };
    case 'rotate':
      return rotate(stores, visit, state, tokenHash, now);
    case 'repeat-active':
      return repeatActive(stores, visit, state, now);
  }
}

async function rotate(
  stores: Stores,
  visit: Visit,
  { session, user }: RefreshState,
  parentHash: string,
  at: Date,
): Promise<Outcome> {
  const refreshToken = deriveRefreshToken(visit.project.keys.jwtSecret, parentHash);
  const refreshTokenHash = hashRefreshToken(refreshToken);
  const { client } = visit;
  await Promise.all([
    stores.sessions.rotate({
      sessionId: session.id,
      userId: user.id,
      parentHash,
      refreshTokenHash,
      client,
      at,
      tokenExpiresAt: tokenEnd(visit.settings.sessions, at),
    }),
    stores.audit(auditEntry('token_refreshed', user, client.address, at)),
  ]);
  return { kind: 'open', opened: { user, session, refreshToken } };
}

async function repeatActive(stores: Stores, visit: Visit, state: RefreshState, at: Date): Promise<Outcome> {
  const { active, session, user } = state;
  if (active === null) throw identityErrors.refreshTokenAlreadyUsed();
  // The first token of a session has no parent but the session.
  const refreshToken = deriveRefreshToken(visit.project.keys.jwtSecret, active.parentHash ?? session.id);
  // The project's secret was changed since, so the active token cannot be told again: hand out its successor.
  if (hashRefreshToken(refreshToken) !== active.hash) return rotate(stores, visit, state, active.hash, at);
  await stores.sessions.noteToken(session.id, tokenEnd(visit.settings.sessions, at));
  return { kind: 'open', opened: { user, session, refreshToken } };
}
