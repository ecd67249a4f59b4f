import { must } from '@ashlar/kernel';
import type { Bearer } from '../domain/bearer.ts';
import { identityErrors } from '../domain/identity-errors.ts';
import { mergeMetadata } from '../domain/metadata.ts';
import type { Identity, User } from '../domain/user.ts';
import { authenticate } from './authenticate.ts';
import { noteIdentityChange } from './note-identity-change.ts';
import { providersOf } from './settle-external-account.ts';
import type { Stores } from './stores.ts';
import { report, type IdentityParts, type Visit } from './visit.ts';

/**
 * Takes one way to sign in from the account of the bearer. When the account's address came with it, a verified address
 * of another identity takes its place.
 *
 * @throws {AshlarError} Those of `authenticate`, `identity.manual_linking_disabled`,
 *   `identity.single_identity_not_deletable`, `identity.identity_not_found`,
 *   `identity.email_conflict_identity_not_deletable`.
 */
export async function unlinkIdentity(parts: IdentityParts, visit: Visit, bearer: Bearer, id: string): Promise<void> {
  if (!visit.settings.general.manualLinkingEnabled) throw identityErrors.manualLinkingDisabled();
  const at = parts.now();
  const userId = await parts.inTransaction(visit, async (stores) => {
    // Locked before it is counted: two at once must not take the last two.
    const [, user] = await Promise.all([stores.users.lock(bearer.userId), authenticate(stores, bearer, at)]);
    if (user.identities.length <= 1) throw identityErrors.singleIdentityNotDeletable();
    const identity = user.identities.find((candidate) => candidate.id === id);
    if (identity === undefined) throw identityErrors.identityNotFound();
    await stores.identities.remove(identity.id, user.id);
    await moveAddress(stores, user, identity, at);
    const left = must(await stores.users.findById(user.id), 'the user just locked');
    await stores.users.update(left.id, { appMetadata: mergeMetadata(left.appMetadata, providersOf(left)) }, at);
    await noteIdentityChange(stores, visit, user, identity.provider, 'unlinked', at);
    return user.id;
  });
  report(parts, visit, 'identity-unlinked', userId);
}

async function moveAddress(stores: Stores, user: User, gone: Identity, at: Date): Promise<void> {
  const left = user.identities.filter(({ id }) => id !== gone.id);
  if (user.email === null || left.some(({ email }) => email === user.email?.toLowerCase())) return;
  const next = left.find(({ email, data }) => email !== null && data['email_verified'] === true)?.email ?? null;
  const holder = next === null ? null : await stores.users.findByEmail(next);
  if (holder !== null && holder.id !== user.id) throw identityErrors.emailConflictIdentityNotDeletable();
  await stores.identities.moveAddress(user.id, next, at);
}
