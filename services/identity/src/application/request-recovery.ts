import type { Contact } from '../domain/contact.ts';
import { identityErrors } from '../domain/identity-errors.ts';
import { auditEntry } from './audit-entry.ts';
import { claimMessage } from './claim-message.ts';
import { inEvenTime } from './in-even-time.ts';
import { requireChannel } from './require-channel.ts';
import { sendSecret, type Wishes } from './send-secret.ts';
import { report, type IdentityParts, type Visit } from './visit.ts';

/**
 * Sends the owner of an address a way back in. An address without an account is answered alike and gets nothing.
 *
 * @throws {AshlarError} `identity.email_logins_disabled`, `identity.mail_too_soon`, those of `requireChannel`.
 */
export async function requestRecovery(
  parts: IdentityParts,
  visit: Visit,
  email: string,
  wishes: Wishes,
): Promise<void> {
  if (!visit.settings.email.enabled) throw identityErrors.emailLoginsDisabled();
  const contact: Contact = { kind: 'email', value: email };
  requireChannel(parts, visit, contact);
  const now = parts.now();
  const userId = await inEvenTime(() =>
    parts.inTransaction(visit, async (stores) => {
      await claimMessage(stores, visit, contact, 'recovery', now);
      const user = await stores.users.findByEmail(email);
      if (user === null) {
        stores.outbox.countUnsent('mail', now);
        return null;
      }
      await Promise.all([
        sendSecret(stores, visit, user, contact, 'recovery', wishes, now),
        stores.audit(auditEntry('user_recovery_requested', user, visit.client.address, now)),
      ]);
      return user.id;
    }),
  );
  report(parts, visit, 'recovery-requested', userId);
}
