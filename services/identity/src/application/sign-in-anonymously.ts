import { randomUUID } from 'node:crypto';
import { must } from '@ashlar/kernel';
import { identityErrors } from '../domain/identity-errors.ts';
import { mergeMetadata } from '../domain/metadata.ts';
import { AUTHENTICATED, type Metadata } from '../domain/user.ts';
import { auditEntry } from './audit-entry.ts';
import { openSession } from './open-session.ts';
import { renderSession, type SessionDocument } from './session-document.ts';
import { report, type IdentityParts, type Visit } from './visit.ts';

/**
 * Makes an account that nobody can sign in to again: it lives as long as its session, or until an address is added.
 *
 * @throws {AshlarError} `identity.anonymous_provider_disabled`, `identity.signup_disabled`, `identity.database_error`.
 */
export async function signInAnonymously(parts: IdentityParts, visit: Visit, data: Metadata): Promise<SessionDocument> {
  const { auth } = visit.project.settings;
  if (!auth.anonymousEnabled) throw identityErrors.anonymousProviderDisabled();
  if (auth.disableSignup) throw identityErrors.signupDisabled();
  const now = parts.now();
  const id = randomUUID();
  const opened = await parts.inTransaction(visit, async (stores) => {
    const inserted = await stores.users.insert({
      id,
      role: AUTHENTICATED,
      email: null,
      phone: null,
      passwordHash: null,
      emailConfirmedAt: null,
      phoneConfirmedAt: null,
      bannedUntil: null,
      appMetadata: {},
      userMetadata: mergeMetadata({}, data),
      isAnonymous: true,
      at: now,
    });
    if (!inserted) throw identityErrors.databaseError({ attempt: 'saving new user' });
    const actor = { id, email: null, phone: null };
    const [, session, user] = await Promise.all([
      stores.users.markSignedIn(id, null, now),
      openSession(stores, visit, id, 'anonymous', now),
      // Read back, because triggers of the application may have changed what tokens are about to say.
      stores.users.findById(id),
      stores.audit(auditEntry('user_signedup', actor, visit.client.address, now, { provider: 'anonymous' })),
    ]);
    return { ...session, user: must(user, 'the anonymous user just made') };
  });
  report(parts, visit, 'signed-in-anonymously', id);
  return renderSession(parts, visit, opened);
}
