import { AshlarError } from '@ashlar/kernel';

/** Another attempt would be refused alike; what is no refusal may have been an accident. */
export function isFinalRefusal(error: unknown): error is AshlarError {
  return error instanceof AshlarError && !error.retryable && error.kind !== 'internal' && error.kind !== 'unavailable';
}
