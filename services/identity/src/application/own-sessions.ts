import type { Bearer } from '../domain/bearer.ts';
import { identityErrors } from '../domain/identity-errors.ts';
import { sessionBounds } from '../domain/session-bounds.ts';
import type { SessionSettings } from '../domain/settings.ts';
import { auditEntry } from './audit-entry.ts';
import { authenticate } from './authenticate.ts';
import type { ListedSession } from './stores.ts';
import { report, type IdentityParts, type Visit } from './visit.ts';

/** The sessions a user could go on with, the one used last first. */
export async function listOwnSessions(
  parts: IdentityParts,
  visit: Visit,
  bearer: Bearer,
): Promise<readonly ListedSession[]> {
  const now = parts.now();
  const sessions = await parts.inTransaction(visit, async (stores) => {
    const user = await authenticate(stores, bearer, now);
    return stores.sessions.list(user.id);
  });
  return sessions.filter((session) => isLive(session, visit.settings.sessions, now));
}

/**
 * Ends one session of the user, the bearer's own or another.
 *
 * @throws {AshlarError} those of `authenticate`, and `identity.own_session_not_found`.
 */
export async function endOwnSession(parts: IdentityParts, visit: Visit, bearer: Bearer, id: string): Promise<void> {
  const now = parts.now();
  await parts.inTransaction(visit, async (stores) => {
    const user = await authenticate(stores, bearer, now);
    // A session of somebody else is as unknown as one that never was.
    if (!(await stores.sessions.endOne(id, user.id))) throw identityErrors.ownSessionNotFound();
    await stores.audit(auditEntry('logout', user, visit.client.address, now, { session_id: id }));
  });
  report(parts, visit, 'session-ended', bearer.userId);
}

function isLive({ createdAt, usedAt, endsAt }: ListedSession, settings: SessionSettings, now: Date): boolean {
  const { begunAfter, usedAfter, tokenUsedAfter } = sessionBounds(settings, now);
  return (
    (endsAt === null || endsAt > now) &&
    (begunAfter === null || createdAt > begunAfter) &&
    (usedAfter === null || usedAt > usedAfter) &&
    usedAt > tokenUsedAfter
  );
}
