import { must } from '@ashlar/kernel';
import type { Contact } from '../domain/contact.ts';
import { identityErrors } from '../domain/identity-errors.ts';
import type { Metadata, User } from '../domain/user.ts';
import { auditEntry, SERVICE_ACTOR } from './audit-entry.ts';
import { afterUserCreated, askAboutNewcomer, type Admit } from './hooks.ts';
import { insertUser, newUser } from './new-user.ts';
import { requireChannel } from './require-channel.ts';
import { sendSecret } from './send-secret.ts';
import type { NewUser, Stores } from './stores.ts';
import { report, type IdentityParts, type Visit } from './visit.ts';

/**
 * Makes an account for somebody and mails them the way into it; for one that was never confirmed, mails it again.
 *
 * @throws {AshlarError} `identity.email_exists` when the address is confirmed, those of `requireChannel`,
 *   `identity.database_error`; for an unknown address those of `beforeUserCreated`.
 */
export async function inviteUser(
  parts: IdentityParts,
  visit: Visit,
  email: string,
  data: Metadata,
  redirectTo: string,
): Promise<User> {
  const contact: Contact = { kind: 'email', value: email };
  requireChannel(parts, visit, contact);
  const now = parts.now();
  const candidate = newUser({ contact, passwordHash: null, data, confirmed: false, at: now });
  const admit = await askAboutNewcomer(parts, visit, candidate);
  const user = await parts.inTransaction(visit, async (stores) => {
    const invited = await invitedUser(stores, visit, contact, candidate, admit);
    const wishes = { challenge: null, redirectTo, channel: 'sms' } as const;
    await sendSecret(stores, visit, invited, contact, 'invite', wishes, now);
    return must(await stores.users.findById(invited.id), 'the user just invited');
  });
  if (user.id === candidate.id) afterUserCreated(parts, visit, user);
  report(parts, visit, 'user-invited', user.id);
  return user;
}

/**
 * The account an invitation is for, made if there is none.
 *
 * @throws {AshlarError} `identity.email_exists`, `identity.database_error`, what `admit` throws.
 */
export async function invitedUser(
  stores: Stores,
  visit: Visit,
  contact: Contact,
  candidate: NewUser,
  admit: Admit,
): Promise<User> {
  const { at } = candidate;
  if (await insertUser(stores, candidate, contact)) admit();
  const user = await stores.users.findByEmail(contact.value);
  if (user === null) throw identityErrors.databaseError({ attempt: 'saving new user' });
  if (user.emailConfirmedAt !== null) throw identityErrors.emailExists();
  // Whoever signed up with the address before did not show that it is theirs.
  if (user.passwordHash !== null) await stores.users.update(user.id, { passwordHash: null }, at);
  await stores.pendingChanges.markInvited(user.id, at);
  const traits = { user_id: user.id, user_email: user.email };
  await stores.audit(auditEntry('user_invited', SERVICE_ACTOR, visit.client.address, at, traits));
  return user;
}
