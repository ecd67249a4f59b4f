import { identityErrors } from '../domain/identity-errors.ts';

const MAX_LENGTH = 120;

/** @throws {AshlarError} `identity.validation_failed` when the name is too long. */
export function readFriendlyName(text: string): string {
  if (text.length <= MAX_LENGTH) return text;
  throw identityErrors.validationFailed({ detail: `friendly_name must be ${MAX_LENGTH} characters or less` });
}
