import { isLoopback } from '../domain/client-network.ts';
import type { Contact } from '../domain/contact.ts';
import { identityErrors } from '../domain/identity-errors.ts';
import { canSendMail, canSendSms } from './mail-availability.ts';
import type { IdentityParts, Visit } from './visit.ts';

const WITHOUT_MAIL = 'This server does not send mail, so the call could have no effect';
const NAMELESS =
  'Links in mails would begin with the host this request named; the server sends none until it is told its public URL';

type Parts = Pick<IdentityParts, 'mailbox' | 'knowsPublicUrl'>;

/**
 * Refuses what would leave somebody waiting for a message that cannot be sent. Nothing is looked up before.
 *
 * @throws {AshlarError} `identity.feature_disabled`, `identity.sms_send_failed`.
 */
export function requireChannel(parts: Parts, visit: Pick<Visit, 'settings' | 'issuer'>, contact: Contact): void {
  if (contact.kind === 'email') {
    if (!canSendMail(parts, visit)) throw identityErrors.featureDisabled({ detail: WITHOUT_MAIL });
    if (!isOurs(parts, visit)) throw identityErrors.featureDisabled({ detail: NAMELESS });
    return;
  }
  if (!isTestNumber(visit, contact.value) && !canSendSms(parts, visit)) throw identityErrors.smsSendFailed();
}

/**
 * Whether links lead to this server. A host is the request's own word: somebody who asks for another's link could name
 * their server, and would be sent the secret when it is opened. This machine's own names lead nowhere else.
 */
function isOurs({ knowsPublicUrl }: Parts, { issuer }: Pick<Visit, 'issuer'>): boolean {
  const { hostname } = new URL(issuer);
  return knowsPublicUrl || hostname === 'localhost' || isLoopback(hostname.replace(/^\[|\]$/g, ''));
}

/** Numbers with a fixed code, to which nothing is sent. */
export function isTestNumber({ settings }: Pick<Visit, 'settings'>, phone: string): boolean {
  return Object.hasOwn(settings.phone.testCodes, phone);
}
