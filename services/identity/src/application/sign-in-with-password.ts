import { must } from '@ashlar/kernel';
import { identityErrors } from '../domain/identity-errors.ts';
import { isBanned } from '../domain/user.ts';
import { auditEntry } from './audit-entry.ts';
import { judgePasswordAttempt } from './hooks.ts';
import { countFailure, forgiveFailures, refuseLocked } from './lockout.ts';
import { weaknessOf } from './new-password.ts';
import { openSession } from './open-session.ts';
import { renderSession, type SessionDocument } from './session-document.ts';
import { report, type IdentityParts, type Visit } from './visit.ts';

/** An address or number as normalised, and the password as typed. */
export type PasswordSignIn = { readonly password: string } & (
  | { readonly by: 'email'; readonly email: string }
  | { readonly by: 'phone'; readonly phone: string }
);

/**
 * Opens a session for a password. Nothing about an account (that it exists, is banned, is unconfirmed) is told to a
 * caller who does not know its password, and finding none costs the same work as finding a wrong one. No connection
 * is held while the hash is computed.
 *
 * @throws {AshlarError} `identity.invalid_credentials`, `identity.sign_in_banned`, `identity.email_not_confirmed`,
 *   `identity.phone_not_confirmed`, `identity.email_logins_disabled`, `identity.phone_logins_disabled`,
 *   `identity.over_request_rate_limit` while the account is locked, `identity.attempt_rejected` by a
 *   hook.
 */
export async function signInWithPassword(
  parts: IdentityParts,
  visit: Visit,
  attempt: PasswordSignIn,
): Promise<SessionDocument> {
  const { email, phone } = visit.settings;
  if (attempt.by === 'email' && !email.enabled) throw identityErrors.emailLoginsDisabled();
  if (attempt.by === 'phone' && !phone.enabled) throw identityErrors.phoneLoginsDisabled();

  const guess = { kind: 'password', account: attempt.by === 'email' ? attempt.email : attempt.phone } as const;
  const user = await parts.inTransaction(visit, async (stores) => {
    const [found] = await Promise.all([
      attempt.by === 'email' ? stores.users.findByEmail(attempt.email) : stores.users.findByPhone(attempt.phone),
      refuseLocked(stores, visit, guess, parts.now()),
    ]);
    return found;
  });
  const verified = await parts.passwords.verify(attempt.password, user?.passwordHash ?? null);
  // Counted whatever a hook says of it.
  if (!verified) await parts.inTransaction(visit, (stores) => countFailure(stores, visit, guess, parts.now()));
  if (user !== null) await judgePasswordAttempt(parts, visit, user.id, verified);
  if (user === null || !verified) {
    report(parts, visit, 'sign-in-refused', user?.id ?? null);
    throw identityErrors.invalidCredentials();
  }
  const now = parts.now();
  if (isBanned(user, now)) throw identityErrors.signInBanned();
  const takesUnconfirmed = visit.project.settings.auth.unconfirmedSignIn === true;
  if (attempt.by === 'email' && user.emailConfirmedAt === null && !takesUnconfirmed) {
    throw identityErrors.emailNotConfirmed();
  }
  if (attempt.by === 'phone' && user.phoneConfirmedAt === null) throw identityErrors.phoneNotConfirmed();

  const session = await parts.inTransaction(visit, async (stores) => {
    // The password may have been changed, or the account removed, while the hash was computed.
    const current = await stores.users.markSignedIn(user.id, user.passwordHash, now);
    if (!current) throw identityErrors.invalidCredentials();
    const [opened, signedIn] = await Promise.all([
      openSession(stores, visit, user.id, 'password', now),
      stores.users.findById(user.id),
      forgiveFailures(stores, visit, guess),
      stores.audit(auditEntry('login', user, visit.client.address, now, { provider: attempt.by })),
    ]);
    return { ...opened, user: must(signedIn, 'the user just marked as signed in') };
  });
  report(parts, visit, 'signed-in', user.id);
  const document = await renderSession(parts, visit, session);
  const weakness = await weaknessOf(parts, visit, attempt.password);
  return weakness === null ? document : { ...document, weak_password: weakness };
}
