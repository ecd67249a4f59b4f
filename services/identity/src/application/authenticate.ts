import type { Bearer } from '../domain/bearer.ts';
import { identityErrors } from '../domain/identity-errors.ts';
import { isBanned, type User } from '../domain/user.ts';
import type { Stores } from './stores.ts';

/**
 * The account a bearer speaks for, if it and the session still exist and nobody banned it. A signature alone is not
 * enough here: this service is the one place that knows at once.
 *
 * @throws {AshlarError} `identity.subject_not_found`, `identity.user_banned`, `identity.session_not_found`.
 */
export async function authenticate(stores: Stores, bearer: Bearer, now: Date): Promise<User> {
  const { userId, sessionId } = bearer;
  const [user, isLive] = await Promise.all([
    stores.users.findById(userId),
    // A token minted elsewhere may name no session, and then has none to lose.
    sessionId === null || stores.sessions.exists(sessionId, userId),
  ]);
  if (user === null) throw identityErrors.subjectNotFound();
  if (isBanned(user, now)) throw identityErrors.userBanned();
  if (!isLive) throw identityErrors.sessionNotFound();
  return user;
}
