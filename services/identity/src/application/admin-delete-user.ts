import { identityErrors } from '../domain/identity-errors.ts';
import { auditEntry, SERVICE_ACTOR } from './audit-entry.ts';
import { report, type IdentityParts, type Visit } from './visit.ts';

/**
 * Removes an account with all that hangs on it, or with `soft` keeps an empty row for what references it.
 *
 * @throws {AshlarError} `identity.user_not_found`, `identity.database_error` when a foreign key forbids it.
 */
export async function adminDeleteUser(parts: IdentityParts, visit: Visit, id: string, soft: boolean): Promise<void> {
  const now = parts.now();
  await parts.inTransaction(visit, async (stores) => {
    const user = await stores.users.findById(id);
    if (user === null) throw identityErrors.userNotFound();
    if (soft) {
      await stores.sessions.endAll(id, null);
      await stores.users.erase(id, now);
    } else {
      await stores.users.remove(id);
    }
    const traits = { user_id: id, user_email: user.email, user_phone: user.phone };
    await stores.audit(auditEntry('user_deleted', SERVICE_ACTOR, visit.client.address, now, traits));
  });
  report(parts, visit, 'user-deleted', id);
}
