import type { Contact } from '../domain/contact.ts';
import { identityErrors } from '../domain/identity-errors.ts';
import { guardSubject } from '../domain/mailed-code.ts';
import type { GuardPurpose } from './address-guard-store.ts';
import { isTestNumber } from './require-channel.ts';
import type { Stores } from './stores.ts';
import type { Visit } from './visit.ts';

/**
 * Takes the right to send an address one message of a kind. Asked before anything is looked up, so that an address
 * without an account must wait as long as one with it. All text messages to a number count as one kind: they cost.
 *
 * @throws {AshlarError} `identity.mail_too_soon`, `identity.sms_too_soon`.
 */
export async function claimMessage(
  stores: Stores,
  visit: Visit,
  contact: Contact,
  wanted: GuardPurpose,
  at: Date,
): Promise<void> {
  refuseTooSoon(contact, await secondsToWait(stores, visit, contact, wanted, at));
}

/** Seconds until the address may be sent a message of this kind; 0 when it may be now, and the next must wait. */
export async function secondsToWait(
  stores: Stores,
  visit: Visit,
  { kind, value }: Contact,
  wanted: GuardPurpose,
  at: Date,
): Promise<number> {
  // The fixed code of a test number is no message.
  if (kind === 'phone' && isTestNumber(visit, value)) return 0;
  return stores.guards.claimMessage({
    subject: guardSubject(visit.project.keys.jwtSecret, value),
    purpose: kind === 'phone' ? 'sms' : wanted,
    intervalSeconds: visit.settings[kind].minIntervalSeconds,
    at,
  });
}

/** @throws {AshlarError} `identity.mail_too_soon`, `identity.sms_too_soon`. */
export function refuseTooSoon({ kind }: Contact, seconds: number): void {
  if (seconds === 0) return;
  const wait = { seconds, retryAfterSeconds: seconds };
  throw kind === 'phone' ? identityErrors.smsTooSoon(wait) : identityErrors.mailTooSoon(wait);
}
