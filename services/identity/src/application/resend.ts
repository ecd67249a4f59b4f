import { contactOf, type Contact } from '../domain/contact.ts';
import { identityErrors } from '../domain/identity-errors.ts';
import type { User } from '../domain/user.ts';
import { auditEntry } from './audit-entry.ts';
import type { GuardPurpose } from './address-guard-store.ts';
import { claimMessage } from './claim-message.ts';
import { inEvenTime } from './in-even-time.ts';
import { findByContact, isConfirmed } from './find-by-contact.ts';
import { sendChangeSecrets } from './request-address-change.ts';
import { requireChannel } from './require-channel.ts';
import { sendSecret, type Wishes } from './send-secret.ts';
import type { Stores } from './stores.ts';
import { report, type IdentityParts, type Visit } from './visit.ts';

export type ResendType = 'signup' | 'email_change' | 'sms' | 'phone_change';

const PURPOSES: Readonly<Record<ResendType, GuardPurpose>> = {
  signup: 'signup',
  email_change: 'email_change',
  sms: 'sms',
  phone_change: 'sms',
};

/**
 * Sends a code again that somebody still waits for, a fresh one in place of the last. Whoever waits for nothing is
 * answered alike.
 *
 * @throws {AshlarError} `identity.email_logins_disabled`, `identity.phone_logins_disabled`, `identity.mail_too_soon`,
 *   `identity.sms_too_soon`, those of `requireChannel`.
 */
export async function resend(
  parts: IdentityParts,
  visit: Visit,
  type: ResendType,
  contact: Contact,
  wishes: Wishes,
): Promise<void> {
  if (contact.kind === 'email' && !visit.settings.email.enabled) throw identityErrors.emailLoginsDisabled();
  if (contact.kind === 'phone' && !visit.settings.phone.enabled) throw identityErrors.phoneLoginsDisabled();
  requireChannel(parts, visit, contact);
  const now = parts.now();
  const userId = await inEvenTime(() =>
    parts.inTransaction(visit, async (stores) => {
      await claimMessage(stores, visit, contact, PURPOSES[type], now);
      const user = await sendAgain(stores, visit, type, contact, wishes, now);
      if (user === null) {
        stores.outbox.countUnsent(contact.kind === 'email' ? 'mail' : 'sms', now);
        return null;
      }
      await stores.audit(auditEntry('user_confirmation_requested', user, visit.client.address, now, { type }));
      return user.id;
    }),
  );
  report(parts, visit, 'code-requested-again', userId);
}

async function sendAgain(
  stores: Stores,
  visit: Visit,
  type: ResendType,
  contact: Contact,
  wishes: Wishes,
  at: Date,
): Promise<User | null> {
  if (type === 'signup' || type === 'sms') {
    const user = await findByContact(stores, contact);
    if (user === null || isConfirmed(user, contact)) return null;
    await sendSecret(stores, visit, user, contact, 'signup', wishes, at);
    return user;
  }
  const user = await findChanging(stores, contact);
  const wanted = type === 'email_change' ? user?.newEmail : user?.newPhone;
  if (user === null || wanted === null || wanted === undefined) return null;
  await sendChangeSecrets(stores, visit, user, contactOf(wanted), wishes, at);
  return user;
}

/** The account that changes from this address or number, or else to it. */
async function findChanging(stores: Stores, contact: Contact): Promise<User | null> {
  const holder = await findByContact(stores, contact);
  if (holder !== null) return holder;
  const type = contact.kind === 'email' ? 'email_change_token_new' : 'phone_change_token';
  const [token] = await stores.tokens.listByAddress(contact.value, [type]);
  return token === undefined ? null : stores.users.findById(token.userId);
}
