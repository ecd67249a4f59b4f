import { busErrors } from './bus-errors.ts';

const SUBJECT = /^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$/;
const MAX_SUBJECT_CHARACTERS = 255;
/** Half of what a NATS server takes by default. */
const MAX_MESSAGE_BYTES: number = 512 * 1024;

/** @throws {AshlarError} `bus.subject_invalid`. */
export function assertSubject(subject: string): void {
  if (subject.length <= MAX_SUBJECT_CHARACTERS && SUBJECT.test(subject)) return;
  throw busErrors.subjectInvalid({ subject: subject.slice(0, MAX_SUBJECT_CHARACTERS) });
}

/** @throws {AshlarError} `bus.subject_invalid`, `bus.message_too_large`. */
export function assertMessage(subject: string, bytes: Uint8Array): void {
  assertSubject(subject);
  if (bytes.byteLength <= MAX_MESSAGE_BYTES) return;
  throw busErrors.messageTooLarge({ sizeBytes: bytes.byteLength, limitBytes: MAX_MESSAGE_BYTES });
}
