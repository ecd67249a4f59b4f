import type { Bearer } from '../domain/bearer.ts';
import type { SignOutScope } from '../domain/session.ts';
import { auditEntry } from './audit-entry.ts';
import { authenticate } from './authenticate.ts';
import { report, type IdentityParts, type Visit } from './visit.ts';

/**
 * Ends the bearer's session, all others of the user, or every one. A token that names no session has none to keep,
 * so `others` then ends them all and `local` ends nothing.
 */
export async function signOut(parts: IdentityParts, visit: Visit, bearer: Bearer, scope: SignOutScope): Promise<void> {
  const now = parts.now();
  await parts.inTransaction(visit, async (stores) => {
    const user = await authenticate(stores, bearer, now);
    switch (scope) {
      case 'global':
        await stores.sessions.endAll(user.id, null);
        break;
      case 'others':
        await stores.sessions.endAll(user.id, bearer.sessionId);
        break;
      case 'local':
        if (bearer.sessionId !== null) await stores.sessions.end(bearer.sessionId);
        break;
    }
    await stores.audit(auditEntry('logout', user, visit.client.address, now));
  });
  report(parts, visit, 'signed-out', bearer.userId);
}
