import { must } from '@ashlar/kernel';
import type { Bearer } from '../domain/bearer.ts';
import { identityErrors } from '../domain/identity-errors.ts';
import { mergeMetadata } from '../domain/metadata.ts';
import { hasVerifiedFactor, type Metadata, type User } from '../domain/user.ts';
import { auditEntry } from './audit-entry.ts';
import { authenticate } from './authenticate.ts';
import { setEmail } from './change-address.ts';
import { drawMailedToken } from './draw-mailed-token.ts';
import { checkNewPassword } from './new-password.ts';
import type { Stores, UserChanges } from './stores.ts';
import { report, type IdentityParts, type Visit } from './visit.ts';

/** What a user may change of their own account; absent members stay. */
export interface UserUpdate {
  readonly email: string | null;
  readonly phone: string | null;
  readonly password: string | null;
  readonly data: Metadata | null;
}

/**
 * @throws {AshlarError} those of `authenticate`, and `identity.insufficient_aal`, `identity.weak_password`,
 *   `identity.same_password`, `identity.anonymous_password`, `identity.email_exists`,
 *   `identity.phone_provider_disabled`, `identity.database_error`.
 */
export async function updateUser(
  parts: IdentityParts,
  visit: Visit,
  bearer: Bearer,
  update: UserUpdate,
): Promise<User> {
  const now = parts.now();
  const before = await parts.inTransaction(visit, (stores) => authenticate(stores, bearer, now));
  refuseEarly(visit, before, bearer, update);
  const passwordHash = update.password === null ? null : await hashNewPassword(parts, before, update.password);

  const after = await parts.inTransaction(visit, async (stores) => {
    // Locked before it is read: metadata is merged here, and two merges at once must both be kept.
    const [, user] = await Promise.all([stores.users.lock(bearer.userId), authenticate(stores, bearer, now)]);
    const changes: UserChanges = {
      ...(update.data === null ? {} : { userMetadata: mergeMetadata(user.userMetadata, update.data) }),
      ...(passwordHash === null ? {} : { passwordHash }),
    };
    await stores.users.update(user.id, changes, now);
    const isNewEmail = update.email !== null && update.email !== user.email;
    if (isNewEmail) await changeEmail(stores, visit, user, update.email, now);
    const action = passwordHash === null ? 'user_modified' : 'user_updated_password';
    await stores.audit(auditEntry(action, user, visit.client.address, now));
    return must(await stores.users.findById(user.id), 'the user just updated');
  });
  if (passwordHash !== null) report(parts, visit, 'password-changed', after.id);
  // No mail leaves this server yet; whoever runs it must see that the user waits in vain.
  if (update.email !== null && after.email !== update.email) report(parts, visit, 'confirmation-undelivered', after.id);
  return after;
}

function refuseEarly(visit: Visit, user: User, bearer: Bearer, update: UserUpdate): void {
  const touchesCredentials = update.email !== null || update.phone !== null || update.password !== null;
  if (touchesCredentials && hasVerifiedFactor(user) && bearer.assuranceLevel === 'aal1') {
    throw identityErrors.insufficientAal();
  }
  if (update.phone !== null && update.phone !== user.phone) throw identityErrors.phoneProviderDisabled();
  if (update.password === null) return;
  if (user.isAnonymous && update.email === null) throw identityErrors.anonymousPassword();
  checkNewPassword(visit, update.password);
}

async function hashNewPassword(parts: IdentityParts, user: User, password: string): Promise<string> {
  const same = user.passwordHash !== null && (await parts.passwords.verify(password, user.passwordHash));
  if (same) throw identityErrors.samePassword();
  return parts.passwords.hash(password);
}

async function changeEmail(stores: Stores, visit: Visit, user: User, email: string, at: Date): Promise<void> {
  const holder = await stores.users.findByEmail(email);
  if (holder !== null && holder.id !== user.id) throw identityErrors.emailExists();
  if (visit.project.settings.auth.autoconfirmEmail) {
    await setEmail(stores, user, email, at);
    return;
  }
  await stores.users.keepEmailChange(user.id, email, drawMailedToken(email), at);
}
