import type { Bearer } from '../domain/bearer.ts';
import type { Contact } from '../domain/contact.ts';
import { identityErrors } from '../domain/identity-errors.ts';
import type { User } from '../domain/user.ts';
import { auditEntry } from './audit-entry.ts';
import { authenticate } from './authenticate.ts';
import { claimMessage } from './claim-message.ts';
import { issueSecret } from './issue-secret.ts';
import { requireChannel } from './require-channel.ts';
import { sendCodeBySms, sendSecretMail } from './send-message.ts';
import { report, type IdentityParts, type Visit } from './visit.ts';

/**
 * Sends the signed-in user a code that a change of the password can ask for.
 *
 * @throws {AshlarError} Those of `authenticate` and `requireChannel`, `identity.validation_failed` without an address,
 *   `identity.email_not_confirmed`, `identity.phone_not_confirmed`, `identity.mail_too_soon`, `identity.sms_too_soon`.
 */
export async function requestReauthentication(parts: IdentityParts, visit: Visit, bearer: Bearer): Promise<void> {
  const now = parts.now();
  await parts.inTransaction(visit, async (stores) => {
    const contact = reauthenticationContact(await authenticate(stores, bearer, now));
    requireChannel(parts, visit, contact);
    await claimMessage(stores, visit, contact, 'reauthentication', now);
    await stores.users.lock(bearer.userId);
    const user = await authenticate(stores, bearer, now);
    const userId = user.id;
    const request = { userId, type: 'reauthentication_token', contact, challenge: null, at: now } as const;
    const secret = await issueSecret(stores, visit, request);
    const to = contact.value;
    if (contact.kind === 'phone') {
      await sendCodeBySms(stores, visit, { userId, phone: to, code: secret.code, channel: 'sms', at: now });
    } else {
      const mail = { template: 'reauthentication', user, to, secret, linkType: null, redirectTo: '', at: now } as const;
      await sendSecretMail(stores, visit, mail);
    }
    await stores.audit(auditEntry('user_reauthenticate_requested', user, visit.client.address, now));
  });
  report(parts, visit, 'reauthentication-requested', bearer.userId);
}

/**
 * Where a code for the user goes: the confirmed address, else the confirmed number.
 *
 * @throws {AshlarError} `identity.validation_failed`, `identity.email_not_confirmed`, `identity.phone_not_confirmed`.
 */
export function reauthenticationContact(user: User): Contact {
  if (user.email !== null && user.emailConfirmedAt !== null) return { kind: 'email', value: user.email.toLowerCase() };
  if (user.phone !== null && user.phoneConfirmedAt !== null) return { kind: 'phone', value: user.phone };
  if (user.email !== null) throw identityErrors.emailNotConfirmed();
  if (user.phone !== null) throw identityErrors.phoneNotConfirmed();
  throw identityErrors.validationFailed({
    detail: 'Reauthentication requires the user to have an email or a phone number',
  });
}
