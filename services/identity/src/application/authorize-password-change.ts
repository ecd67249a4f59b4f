import { identityErrors } from '../domain/identity-errors.ts';
import type { User } from '../domain/user.ts';
import { countFailure, refuseLocked } from './lockout.ts';
import type { SessionProof } from './pending-change-store.ts';
import type { IdentityParts, Visit } from './visit.ts';

/** A session younger than this needs no code by mail. */
const FRESH_SESSION_MS = 86_400_000;
/** Whoever read their mailbox this recently may be setting a password because they forgot the last. */
const FRESH_MAILBOX_MS = 3_600_000;
const MAILBOX_METHODS: ReadonlySet<string> = new Set([
  'otp',
  'magiclink',
  'recovery',
  'invite',
  'email/signup',
  'email_change',
]);

export interface PasswordProof {
  /** The code of `GET /reauthenticate`; '' = none. */
  readonly nonce: string;
  /** '' = none. */
  readonly currentPassword: string;
}

/**
 * Whether a change of the password must bring a code.
 *
 * @throws {AshlarError} `identity.reauthentication_needed`
 */
export function requiresNonce(
  { settings }: Visit,
  session: SessionProof | null,
  { nonce }: PasswordProof,
  now: Date,
): boolean {
  if (!settings.password.requireReauthentication) return false;
  if (session !== null && now.getTime() - session.createdAt.getTime() < FRESH_SESSION_MS) return false;
  if (nonce === '') throw identityErrors.reauthenticationNeeded();
  return true;
}

/**
 * Asks for the password in force, unless there is none or the session comes from the account's mailbox. Guesses count
 * as at sign-in: whoever took over a session shall not learn the password by it.
 *
 * @throws {AshlarError} `identity.current_password_required`, `identity.current_password_invalid`,
 *   `identity.over_request_rate_limit` while the account is locked.
 */
export async function checkCurrentPassword(
  parts: IdentityParts,
  visit: Visit,
  user: User,
  session: SessionProof | null,
  { currentPassword }: PasswordProof,
  now: Date,
): Promise<void> {
  if (!visit.settings.password.requireCurrent || user.passwordHash === null) return;
  if (session !== null && isFromMailbox(session, now)) return;
  if (currentPassword === '') throw identityErrors.currentPasswordRequired();
  const guess = { kind: 'password', account: user.email?.toLowerCase() ?? user.phone ?? user.id } as const;
  await parts.inTransaction(visit, (stores) => refuseLocked(stores, visit, guess, now));
  if (await parts.passwords.verify(currentPassword, user.passwordHash)) return;
  await parts.inTransaction(visit, (stores) => countFailure(stores, visit, guess, now));
  throw identityErrors.currentPasswordInvalid();
}

function isFromMailbox({ methods }: SessionProof, now: Date): boolean {
  return methods.some(
    ({ method, at }) => MAILBOX_METHODS.has(method) && now.getTime() - at.getTime() < FRESH_MAILBOX_MS,
  );
}
