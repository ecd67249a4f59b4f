import { identityErrors } from '../domain/identity-errors.ts';
import { findWeakness, isTooLong, MAX_PASSWORD_BYTES } from '../domain/password-rules.ts';
import type { Visit } from './visit.ts';

/**
 * Holds a chosen password against the project's rules.
 *
 * @throws {AshlarError} `identity.weak_password`, `identity.validation_failed` when it is too long.
 */
export function checkNewPassword(visit: Visit, password: string): void {
  if (isTooLong(password)) {
    throw identityErrors.validationFailed({
      detail: `Password cannot be longer than ${MAX_PASSWORD_BYTES} characters`,
    });
  }
  const weakness = findWeakness(password, { minLength: visit.project.settings.auth.minPasswordLength });
  if (weakness === null) return;
  throw identityErrors.weakPassword({ detail: weakness.message, reasons: weakness.reasons });
}
