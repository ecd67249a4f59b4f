import type { Contact } from '../domain/contact.ts';
import { normaliseEmail } from '@ashlar/delivery';
import { identityErrors } from '../domain/identity-errors.ts';
import { normalisePhone } from '../domain/phone-number.ts';

/** @throws {AshlarError} `identity.validation_failed` when the text is no address. */
export function readEmail(text: string): string {
  const email = normaliseEmail(text);
  if (email !== null) return email;
  throw identityErrors.validationFailed({ detail: 'Unable to validate email address: invalid format' });
}

/** @throws {AshlarError} `identity.validation_failed` when the text is no international number. */
export function readPhone(text: string): string {
  const phone = normalisePhone(text);
  if (phone !== null) return phone;
  throw identityErrors.validationFailed({ detail: 'Invalid phone number format (E.164 required)' });
}

/**
 * The one of address and number that is given.
 *
 * @param detail What is said when both or none are.
 * @throws {AshlarError} `identity.validation_failed`
 */
export function readContact(
  { email, phone }: { readonly email: string; readonly phone: string },
  detail: string,
): Contact {
  if ((email === '') === (phone === '')) throw identityErrors.validationFailed({ detail });
  return email === '' ? { kind: 'phone', value: readPhone(phone) } : { kind: 'email', value: readEmail(email) };
}
