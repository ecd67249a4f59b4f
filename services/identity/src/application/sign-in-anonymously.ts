import { randomUUID } from 'node:crypto';
import { must } from '@ashlar/kernel';
import { identityErrors } from '../domain/identity-errors.ts';
import { mergeMetadata } from '../domain/metadata.ts';
import { AUTHENTICATED, type Metadata } from '../domain/user.ts';
import { auditEntry } from './audit-entry.ts';
import { afterUserCreated, beforeUserCreated } from './hooks.ts';
import { openSession } from './open-session.ts';
import { renderSession, type SessionDocument } from './session-document.ts';
import type { NewUser } from './stores.ts';
import { unsavedUser } from './unsaved-user.ts';
import { report, type IdentityParts, type Visit } from './visit.ts';

/**
 * Makes an account that nobody can sign in to again: it lives as long as its session, or until an address is added.
 *
 * @throws {AshlarError} `identity.anonymous_provider_disabled`, `identity.signup_disabled`, `identity.database_error`.
 */
export async function signInAnonymously(parts: IdentityParts, visit: Visit, data: Metadata): Promise<SessionDocument> {
  const { general } = visit.settings;
  if (!general.anonymousEnabled) throw identityErrors.anonymousProviderDisabled();
  if (general.disableSignup) throw identityErrors.signupDisabled();
  const now = parts.now();
  const id = randomUUID();
  const candidate: NewUser = {
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
  };
  await beforeUserCreated(parts, visit, unsavedUser(candidate));
  const opened = await parts.inTransaction(visit, async (stores) => {
    const inserted = await stores.users.insert(candidate);
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
  afterUserCreated(parts, visit, opened.user);
  return renderSession(parts, visit, opened);
}
