import { must } from '@ashlar/kernel';
import { identityErrors } from '../domain/identity-errors.ts';
import { mergeMetadata } from '../domain/metadata.ts';
import type { User } from '../domain/user.ts';
import { banEnd, confirmedMetadata, hashOf, type AdminUserInput } from './admin-create-user.ts';
import { auditEntry, SERVICE_ACTOR } from './audit-entry.ts';
import type { Stores, UserChanges } from './stores.ts';
import { report, type IdentityParts, type Visit } from './visit.ts';

/**
 * @throws {AshlarError} `identity.user_not_found`, `identity.validation_failed`, `identity.email_exists`,
 *   `identity.phone_exists`, `identity.weak_password`, `identity.database_error`.
 */
export async function adminUpdateUser(
  parts: IdentityParts,
  visit: Visit,
  id: string,
  input: AdminUserInput,
): Promise<User> {
  const passwordHash = await hashOf(parts, visit, input);
  const now = parts.now();
  const updated = await parts.inTransaction(visit, async (stores) => {
    const [, user] = await Promise.all([stores.users.lock(id), stores.users.findById(id)]);
    if (user === null) throw identityErrors.userNotFound();
    await refuseTakenAddresses(stores, user, input);
    await stores.users.update(id, changesOf(user, input, passwordHash, now), now);
    if (passwordHash !== null && visit.settings.password.endsOtherSessions) await stores.sessions.endAll(id, null);
    if (input.email !== null && input.email !== user.email) {
      const data = { sub: id, email: input.email, email_verified: input.emailConfirm };
      await stores.users.saveIdentity(id, 'email', data, now);
    }
    if (input.phone !== null && input.phone !== user.phone) {
      const data = { sub: id, phone: input.phone, phone_verified: input.phoneConfirm };
      await stores.users.saveIdentity(id, 'phone', data, now);
    }
    const traits = { user_id: id, user_email: user.email, user_phone: user.phone };
    await stores.audit(auditEntry('user_modified', SERVICE_ACTOR, visit.client.address, now, traits));
    return must(await stores.users.findById(id), 'the user just updated');
  });
  report(parts, visit, 'user-updated', id);
  return updated;
}

function changesOf(user: User, input: AdminUserInput, passwordHash: string | null, now: Date): UserChanges {
  const bannedUntil = banEnd(input.banDurationMs, now);
  const email = input.email ?? user.email;
  const phone = input.phone ?? user.phone;
  return {
    ...(input.email === null ? {} : { email: input.email, isAnonymous: false }),
    ...(input.phone === null ? {} : { phone: input.phone, isAnonymous: false }),
    ...(passwordHash === null ? {} : { passwordHash }),
    ...(input.emailConfirm && email !== null ? { emailConfirmedAt: user.emailConfirmedAt ?? now } : {}),
    ...(input.phoneConfirm && phone !== null ? { phoneConfirmedAt: user.phoneConfirmedAt ?? now } : {}),
    ...(input.role === null ? {} : { role: input.role }),
    ...(bannedUntil === undefined ? {} : { bannedUntil }),
    userMetadata: mergeMetadata(user.userMetadata, { ...confirmedMetadata(input), ...input.userMetadata }),
    appMetadata: mergeMetadata(user.appMetadata, input.appMetadata),
  };
}

async function refuseTakenAddresses({ users }: Stores, user: User, input: AdminUserInput): Promise<void> {
  if (input.email !== null) {
    const holder = await users.findByEmail(input.email);
    if (holder !== null && holder.id !== user.id) throw identityErrors.emailExists();
  }
  if (input.phone !== null) {
    const holder = await users.findByPhone(input.phone);
    if (holder !== null && holder.id !== user.id) throw identityErrors.phoneExists();
  }
}
