import { randomUUID } from 'node:crypto';
import { tokenEnd } from '../domain/session-bounds.ts';
import { deriveRefreshToken, hashRefreshToken } from '../domain/refresh-token.ts';
import type { Session } from '../domain/session.ts';
import type { OpenSession } from './session-document.ts';
import type { Stores } from './stores.ts';
import type { Visit } from './visit.ts';

/** Begins a session proven by one method, with its first refresh token. */
export async function openSession(
  stores: Stores,
  visit: Visit,
  userId: string,
  method: string,
  at: Date,
): Promise<Omit<OpenSession, 'user'>> {
  const session: Session = { id: randomUUID(), userId, assuranceLevel: 'aal1', methods: [{ method, at }] };
  const settings = visit.settings.sessions;
  // Two sign-ins at once must not both find no other: the second one waits and then sees the first.
  if (settings.singlePerUser) await stores.users.lock(userId);
  const refreshToken = deriveRefreshToken(visit.project.keys.jwtSecret, session.id);
  await stores.sessions.open({
    ...session,
    refreshTokenHash: hashRefreshToken(refreshToken),
    client: visit.client,
    at,
    tokenExpiresAt: tokenEnd(settings, at),
  });
  if (settings.singlePerUser) await stores.sessions.endAll(userId, session.id);
  return { session, refreshToken };
}
