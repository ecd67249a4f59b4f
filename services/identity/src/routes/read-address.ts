import { normaliseEmail } from '../domain/email-address.ts';
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
