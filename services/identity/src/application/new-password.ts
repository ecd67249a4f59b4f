import { identityErrors } from '../domain/identity-errors.ts';
import {
  findWeakness,
  isTooLong,
  LEAKED,
  MAX_PASSWORD_BYTES,
  type PasswordWeakness,
} from '../domain/password-rules.ts';
import { report, type IdentityParts, type Visit } from './visit.ts';

/**
 * Holds a chosen password against the project's rules and, where the project names one, a set of leaked passwords.
 *
 * @throws {AshlarError} `identity.weak_password`, `identity.validation_failed` when it is too long.
 */
export async function checkNewPassword(parts: IdentityParts, visit: Visit, password: string): Promise<void> {
  if (isTooLong(password)) {
    throw identityErrors.validationFailed({
      detail: `Password cannot be longer than ${MAX_PASSWORD_BYTES} characters`,
    });
  }
  const weakness = await weaknessOf(parts, visit, password);
  if (weakness === null) return;
  throw identityErrors.weakPassword({ detail: weakness.message, reasons: weakness.reasons });
}

/**
 * What speaks against a password, null when nothing does. A set of leaked passwords that cannot be asked counts for
 * nothing: people must be able to sign up while somebody else's server is down. It is reported.
 */
export async function weaknessOf(
  parts: IdentityParts,
  visit: Visit,
  password: string,
): Promise<PasswordWeakness | null> {
  const rules = visit.settings.password;
  const weakness = findWeakness(password, rules);
  if (weakness !== null || rules.leakedRangeUrl === null) return weakness;
  try {
    return (await parts.leakedPasswords.includes(password, rules.leakedRangeUrl)) ? LEAKED : null;
  } catch {
    report(parts, visit, 'leaked-passwords-unavailable', null);
    return null;
  }
}
