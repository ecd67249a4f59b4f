import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';

/** PostgreSQL's own default; the passwords are random, so more rounds would only slow every connection down. */
const ITERATIONS = 4096;
const SALT_BYTES = 16;

/**
 * The form in which PostgreSQL stores a SCRAM-SHA-256 password. Made here, the password itself travels in no
 * statement and can stand in no log.
 *
 * @see RFC 5803; `src/common/scram-common.c` of PostgreSQL
 */
export function scramVerifier(password: string, salt: Buffer = randomBytes(SALT_BYTES)): string {
  // SASLprep of what people type is mostly this normalisation; generated passwords are ASCII.
  const salted = pbkdf2Sync(password.normalize('NFKC'), salt, ITERATIONS, 32, 'sha256');
  const hmac = (text: string): Buffer => createHmac('sha256', salted).update(text).digest();
  const storedKey = createHash('sha256').update(hmac('Client Key')).digest('base64');
  const serverKey = hmac('Server Key').toString('base64');
  return `SCRAM-SHA-256$${ITERATIONS}:${salt.toString('base64')}$${storedKey}:${serverKey}`;
}
