import type { Contact } from '../domain/contact.ts';
import { identityErrors } from '../domain/identity-errors.ts';
import type { User } from '../domain/user.ts';
import { setEmail, setPhone } from './change-address.ts';
import { claimMessage } from './claim-message.ts';
import { findByContact } from './find-by-contact.ts';
import { issueSecret } from './issue-secret.ts';
import { requireChannel } from './require-channel.ts';
import { sendCodeBySms, sendNotice, sendSecretMail } from './send-message.ts';
import type { Wishes } from './send-secret.ts';
import type { Stores } from './stores.ts';
import type { IdentityParts, Visit } from './visit.ts';

/**
 * Begins a change of the user's address or number, or makes it at once where the project confirms none.
 *
 * @throws {AshlarError} `identity.email_exists`, `identity.phone_exists`.
 */
export async function requestAddressChange(
  stores: Stores,
  parts: IdentityParts,
  visit: Visit,
  user: User,
  contact: Contact,
  wishes: Wishes,
  at: Date,
): Promise<void> {
  await refuseTaken(stores, user, contact);
  if (visit.settings[contact.kind].autoconfirm) {
    await changeAtOnce(stores, parts, visit, user, contact, at);
    return;
  }
  await sendChangeSecrets(stores, visit, user, contact, wishes, at);
}

/**
 * Takes the right to send the messages of a change; before the account is locked, as everywhere.
 *
 * @throws {AshlarError} `identity.mail_too_soon`, `identity.sms_too_soon`, those of `requireChannel`.
 */
export async function claimAddressChange(
  stores: Stores,
  parts: IdentityParts,
  visit: Visit,
  userId: string,
  contact: Contact,
  at: Date,
): Promise<void> {
  if (visit.settings[contact.kind].autoconfirm) return;
  requireChannel(parts, visit, contact);
  await claimMessage(stores, visit, { kind: contact.kind, value: userId }, 'email_change', at);
  await claimMessage(stores, visit, contact, 'email_change', at);
}

/**
 * Sends what confirms a change: for an address to both mailboxes, if the old one has a say. Words given for an earlier
 * change, or before the codes were sent again, count no more.
 */
export async function sendChangeSecrets(
  stores: Stores,
  visit: Visit,
  user: User,
  contact: Contact,
  { challenge, redirectTo, channel }: Wishes,
  at: Date,
): Promise<void> {
  const userId = user.id;
  if (contact.kind === 'phone') {
    await stores.pendingChanges.beginPhoneChange(userId, contact.value, at);
    const request = { userId, type: 'phone_change_token', contact, challenge: null, at } as const;
    const { code } = await issueSecret(stores, visit, request);
    await sendCodeBySms(stores, visit, { userId, phone: contact.value, code, channel, at });
    return;
  }
  const newEmail = contact.value;
  await stores.pendingChanges.beginEmailChange(userId, newEmail, at);
  const mail = { template: 'email_change', user, linkType: 'email_change', redirectTo, newEmail, at } as const;
  const halves = visit.settings.email.doubleConfirmChanges && user.email !== null ? 2 : 1;
  const toNew = { userId, type: 'email_change_token_new', contact, challenge, halves, at } as const;
  const secret = await issueSecret(stores, visit, toNew);
  if (halves === 1 || user.email === null) {
    await sendSecretMail(stores, visit, { ...mail, to: newEmail, secret });
    return;
  }
  const old: Contact = { kind: 'email', value: user.email.toLowerCase() };
  const toOld = { userId, type: 'email_change_token_current', contact: old, challenge, halves, at } as const;
  const current = await issueSecret(stores, visit, toOld);
  const half = { mailbox: 'new', current: { token: current.code, tokenHash: current.hash } } as const;
  await sendSecretMail(stores, visit, { ...mail, to: newEmail, secret, half });
  await sendSecretMail(stores, visit, { ...mail, to: user.email, secret: current, half: { mailbox: 'current' } });
}

/** @throws {AshlarError} `identity.email_exists`, `identity.phone_exists`. */
export async function refuseTaken(stores: Stores, user: Pick<User, 'id'>, contact: Contact): Promise<void> {
  const holder = await findByContact(stores, contact);
  if (holder === null || holder.id === user.id) return;
  throw contact.kind === 'email' ? identityErrors.emailExists() : identityErrors.phoneExists();
}

/** Sets the address or number, with all that follows from its owner's word. */
export async function changeAtOnce(
  stores: Stores,
  parts: IdentityParts,
  visit: Visit,
  user: User,
  { kind, value }: Contact,
  at: Date,
): Promise<void> {
  if (kind === 'email') {
    await setEmail(stores, user, value, at);
    await stores.pendingChanges.endEmailChange(user.id, at);
    await sendNotice(stores, parts, visit, {
      template: 'email_changed_notification',
      user,
      newEmail: value,
      facts: { old_email: user.email ?? '', new_email: value },
      at,
    });
    return;
  }
  await setPhone(stores, user, value, at);
  await stores.pendingChanges.endPhoneChange(user.id, at);
  const facts = { old_phone: user.phone ?? '', new_phone: value };
  await sendNotice(stores, parts, visit, { template: 'phone_changed_notification', user, facts, at });
}
