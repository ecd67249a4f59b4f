import { must } from '@ashlar/kernel';
import type { Bearer } from '../domain/bearer.ts';
import type { Contact } from '../domain/contact.ts';
import { identityErrors } from '../domain/identity-errors.ts';
import { mergeMetadata } from '../domain/metadata.ts';
import { hasVerifiedFactor, type Metadata, type User } from '../domain/user.ts';
import { auditEntry } from './audit-entry.ts';
import { authenticate } from './authenticate.ts';
import { checkCurrentPassword, requiresNonce, type PasswordProof } from './authorize-password-change.ts';
import { checkNewPassword } from './new-password.ts';
import { claimAddressChange, requestAddressChange } from './request-address-change.ts';
import { reauthenticationContact } from './request-reauthentication.ts';
import { sendNotice } from './send-message.ts';
import type { Wishes } from './send-secret.ts';
import type { Stores, UserChanges } from './stores.ts';
import { takeByCode } from './take-token.ts';
import { report, type IdentityParts, type Visit } from './visit.ts';

/** What a user may change of their own account; absent members stay. */
export interface UserUpdate extends PasswordProof {
  readonly email: string | null;
  readonly phone: string | null;
  readonly password: string | null;
  readonly data: Metadata | null;
  readonly wishes: Wishes;
}

/** What was settled before the account was locked: no connection is held while passwords are hashed. */
interface Settled {
  readonly passwordHash: string | null;
  readonly asksNonce: boolean;
  /** Addresses that differ from the account's. */
  readonly contacts: readonly Contact[];
}

/**
 * @throws {AshlarError} those of `authenticate`, `requestAddressChange` and `claimAddressChange`, and
 *   `identity.insufficient_aal`, `identity.weak_password`, `identity.same_password`, `identity.anonymous_password`,
 *   `identity.phone_provider_disabled`, `identity.reauthentication_needed`, `identity.reauthentication_not_valid`,
 *   `identity.current_password_required`, `identity.current_password_invalid`, `identity.database_error`.
 */
export async function updateUser(
  parts: IdentityParts,
  visit: Visit,
  bearer: Bearer,
  update: UserUpdate,
): Promise<User> {
  const now = parts.now();
  const settled = await settle(parts, visit, bearer, update, now);
  const after = await parts.inTransaction(visit, async (stores) => {
    for (const contact of settled.contacts) {
      await claimAddressChange(stores, parts, visit, bearer.userId, contact, now);
    }
    // Returned, not thrown: that a wrong code was tried must be committed.
    if (settled.asksNonce && !(await takeNonce(stores, visit, bearer, update, now))) return null;
    // Locked before it is read: metadata is merged here, and two merges at once must both be kept.
    const [, user] = await Promise.all([stores.users.lock(bearer.userId), authenticate(stores, bearer, now)]);
    await change(stores, parts, visit, bearer, user, update, settled, now);
    return must(await stores.users.findById(user.id), 'the user just updated');
  });
  if (after === null) {
    report(parts, visit, 'reauthentication-refused', bearer.userId);
    throw identityErrors.reauthenticationNotValid();
  }
  if (settled.passwordHash !== null) report(parts, visit, 'password-changed', after.id);
  if (settled.contacts.length > 0) report(parts, visit, 'address-change-requested', after.id);
  return after;
}

async function settle(
  parts: IdentityParts,
  visit: Visit,
  bearer: Bearer,
  update: UserUpdate,
  now: Date,
): Promise<Settled> {
  const { user, session } = await parts.inTransaction(visit, async (stores) => {
    const [found, proof] = await Promise.all([
      authenticate(stores, bearer, now),
      bearer.sessionId === null ? null : stores.pendingChanges.proofOf(bearer.sessionId),
    ]);
    return { user: found, session: proof };
  });
  await refuseEarly(parts, visit, user, bearer, update);
  const contacts = changedContacts(user, update);
  if (update.password === null) return { passwordHash: null, asksNonce: false, contacts };
  const asksNonce = requiresNonce(visit, session, update, now);
  await checkCurrentPassword(parts, visit, user, session, update, now);
  return { passwordHash: await hashNewPassword(parts, user, update.password), asksNonce, contacts };
}

async function refuseEarly(
  parts: IdentityParts,
  visit: Visit,
  user: User,
  bearer: Bearer,
  update: UserUpdate,
): Promise<void> {
  const touchesCredentials = update.email !== null || update.phone !== null || update.password !== null;
  if (touchesCredentials && hasVerifiedFactor(user) && bearer.assuranceLevel === 'aal1') {
    throw identityErrors.insufficientAal();
  }
  const isNewPhone = update.phone !== null && update.phone !== user.phone;
  if (isNewPhone && !visit.settings.phone.enabled) throw identityErrors.phoneProviderDisabled();
  if (update.password === null) return;
  if (user.isAnonymous && update.email === null && update.phone === null) throw identityErrors.anonymousPassword();
  await checkNewPassword(parts, visit, update.password);
}

function changedContacts(user: User, { email, phone }: UserUpdate): readonly Contact[] {
  const contacts: Contact[] = [];
  if (email !== null && email !== user.email) contacts.push({ kind: 'email', value: email });
  if (phone !== null && phone !== user.phone) contacts.push({ kind: 'phone', value: phone });
  return contacts;
}

async function hashNewPassword(parts: IdentityParts, user: User, password: string): Promise<string> {
  const same = user.passwordHash !== null && (await parts.passwords.verify(password, user.passwordHash));
  if (same) throw identityErrors.samePassword();
  return parts.passwords.hash(password);
}

async function takeNonce(
  stores: Stores,
  visit: Visit,
  bearer: Bearer,
  { nonce }: UserUpdate,
  now: Date,
): Promise<boolean> {
  const contact = reauthenticationContact(await authenticate(stores, bearer, now));
  const types = ['reauthentication_token'] as const;
  return (await takeByCode(stores, visit, contact, nonce, types, bearer.userId, now)) !== null;
}

async function change(
  stores: Stores,
  parts: IdentityParts,
  visit: Visit,
  bearer: Bearer,
  user: User,
  update: UserUpdate,
  { passwordHash, contacts }: Settled,
  now: Date,
): Promise<void> {
  const changes: UserChanges = {
    ...(update.data === null ? {} : { userMetadata: mergeMetadata(user.userMetadata, update.data) }),
    ...(passwordHash === null ? {} : { passwordHash }),
  };
  await stores.users.update(user.id, changes, now);
  for (const contact of contacts) {
    await requestAddressChange(stores, parts, visit, user, contact, update.wishes, now);
  }
  if (passwordHash !== null) {
    // A way back in that was mailed before is not needed any more, and may be in wrong hands.
    await stores.tokens.forget(user.id, ['recovery_token', 'reauthentication_token'], now);
    if (visit.settings.password.endsOtherSessions) await stores.sessions.endAll(user.id, bearer.sessionId);
    await sendNotice(stores, parts, visit, { template: 'password_changed_notification', user, at: now });
  }
  const action = passwordHash === null ? 'user_modified' : 'user_updated_password';
  await stores.audit(auditEntry(action, user, visit.client.address, now));
}
