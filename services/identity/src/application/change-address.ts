import { must } from '@ashlar/kernel';
import { mergeMetadata, providersMetadata } from '../domain/metadata.ts';
import type { User } from '../domain/user.ts';
import type { Stores } from './stores.ts';

/** Gives the account an address that counts as confirmed, its identity included; an anonymous one becomes permanent. */
export async function setEmail(stores: Stores, { id }: User, email: string, at: Date): Promise<void> {
  await stores.users.saveIdentity(id, 'email', { sub: id, email, email_verified: true }, at);
  const user = must(await stores.users.findById(id), 'the user whose address changes');
  await stores.users.update(
    id,
    {
      email,
      emailConfirmedAt: user.email === email ? (user.emailConfirmedAt ?? at) : at,
      isAnonymous: false,
      appMetadata: { ...user.appMetadata, ...providersMetadata(providersOf(user)) },
      userMetadata: mergeMetadata(user.userMetadata, { email, email_verified: true }),
    },
    at,
  );
}

/** The same for a number. */
export async function setPhone(stores: Stores, { id }: User, phone: string, at: Date): Promise<void> {
  await stores.users.saveIdentity(id, 'phone', { sub: id, phone, phone_verified: true }, at);
  const user = must(await stores.users.findById(id), 'the user whose number changes');
  await stores.users.update(
    id,
    {
      phone,
      phoneConfirmedAt: user.phone === phone ? (user.phoneConfirmedAt ?? at) : at,
      isAnonymous: false,
      appMetadata: { ...user.appMetadata, ...providersMetadata(providersOf(user)) },
      userMetadata: mergeMetadata(user.userMetadata, { phone, phone_verified: true }),
    },
    at,
  );
}

function providersOf(user: User): readonly string[] {
  return [...new Set(user.identities.map(({ provider }) => provider))];
}
