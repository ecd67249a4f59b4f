import { must } from '@ashlar/kernel';
import type { ExternalProfile } from '../domain/external-profile.ts';
import { identityErrors } from '../domain/identity-errors.ts';
import { mergeMetadata } from '../domain/metadata.ts';
import { isBanned, type User } from '../domain/user.ts';
import { noteIdentityChange } from './note-identity-change.ts';
import { providersOf } from './settle-external-account.ts';
import type { Stores } from './stores.ts';
import type { Visit } from './visit.ts';

/**
 * Adds a provider's identity to the account of somebody who is signed in. An account without an address takes the
 * provider's if it is verified; an anonymous one becomes permanent.
 *
 * @throws {AshlarError} `identity.subject_not_found`, `identity.user_banned`, `identity.identity_already_exists`,
 *   `identity.email_exists`.
 */
export async function linkExternalIdentity(
  stores: Stores,
  visit: Visit,
  userId: string,
  provider: string,
  { subject: providerId, email, data }: ExternalProfile,
  at: Date,
): Promise<User> {
  await stores.identities.claim(provider, providerId);
  const [, target] = await Promise.all([stores.users.lock(userId), stores.users.findById(userId)]);
  if (target === null) throw identityErrors.subjectNotFound();
  if (isBanned(target, at)) throw identityErrors.userBanned();
  const existing = await stores.identities.find(provider, providerId);
  if (existing !== null) {
    const detail =
      existing.userId === userId ? 'Identity is already linked' : 'Identity is already linked to another user';
    throw identityErrors.identityAlreadyExists({ detail });
  }
  const takesAddress = target.email === null && email !== null && email.verified;
  if (takesAddress && (await stores.users.findByEmail(email.address)) !== null) throw identityErrors.emailExists();
  await stores.identities.add({ userId, provider, providerId, data, at });
  const user = must(await stores.users.findById(userId), 'the user just locked');
  await stores.users.update(
    userId,
    {
      ...(takesAddress ? { email: email.address, emailConfirmedAt: user.emailConfirmedAt ?? at } : {}),
      ...(user.isAnonymous ? { isAnonymous: false } : {}),
      // What the account says of itself wins over what another provider says.
      userMetadata: mergeMetadata(takesAddress ? data : mergeMetadata(data, { email: null }), user.userMetadata),
      appMetadata: mergeMetadata(user.appMetadata, providersOf(user)),
    },
    at,
  );
  const linked = must(await stores.users.findById(userId), 'the user just linked');
  await noteIdentityChange(stores, visit, linked, provider, 'linked', at);
  return linked;
}
