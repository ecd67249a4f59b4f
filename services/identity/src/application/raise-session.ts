import { must } from '@ashlar/kernel';
import { identityErrors } from '../domain/identity-errors.ts';
import { deriveRefreshToken, hashRefreshToken } from '../domain/refresh-token.ts';
import { tokenEnd } from '../domain/session-bounds.ts';
import type { Factor } from '../domain/user.ts';
import { METHOD_OF, type FactorHolder } from './factor-holder.ts';
import type { OpenSession } from './session-document.ts';
import type { Stores } from './stores.ts';
import type { Visit } from './visit.ts';

/**
 * Lifts the session to the second level with a new pair of tokens; it stays the same session.
 *
 * @param endOthers Whether sessions no factor ever proved end with this.
 * @throws {AshlarError} `identity.session_not_found` when it ended, or was ended for a token used twice.
 */
export async function raiseSession(
  stores: Stores,
  visit: Visit,
  { user, sessionId }: FactorHolder,
  factor: Pick<Factor, 'id' | 'type'>,
  endOthers: boolean,
  at: Date,
): Promise<OpenSession> {
  const held = await stores.assurance.lockSessions(user.id, sessionId);
  if (held?.activeTokenHash == null) throw identityErrors.sessionNotFound();
  const parentHash = held.activeTokenHash;
  const refreshToken = deriveRefreshToken(visit.project.keys.jwtSecret, parentHash);
  const refreshTokenHash = hashRefreshToken(refreshToken);
  const method = METHOD_OF[factor.type];
  await Promise.all([
    stores.sessions.rotate({
      sessionId: held.id,
      userId: user.id,
      parentHash,
      refreshTokenHash,
      client: visit.client,
      at,
      tokenExpiresAt: tokenEnd(visit.settings.sessions, at),
    }),
    stores.assurance.raise(held.id, factor.id, method, at),
    endOthers ? stores.assurance.endUnproven(user.id) : undefined,
  ]);
  const methods = [{ method, at }, ...held.methods.filter((earlier) => earlier.method !== method)];
  return {
    // Read back: a factor may just have become a verified one.
    user: must(await stores.users.findById(user.id), 'the user whose session is raised'),
    session: { id: held.id, userId: user.id, assuranceLevel: 'aal2', methods },
    refreshToken,
  };
}
