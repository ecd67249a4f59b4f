import { randomUUID } from 'node:crypto';
import { must } from '@ashlar/kernel';
import { identityErrors } from '../domain/identity-errors.ts';
import { mergeMetadata, providersMetadata } from '../domain/metadata.ts';
import { renderUser, type UserDocument } from '../domain/user-document.ts';
import { AUTHENTICATED, type Metadata, type User } from '../domain/user.ts';
import { auditEntry } from './audit-entry.ts';
import { drawMailedToken } from './draw-mailed-token.ts';
import { checkNewPassword } from './new-password.ts';
import { openSession } from './open-session.ts';
import { renderSession, type OpenSession, type SessionDocument } from './session-document.ts';
import type { NewUser, Stores } from './stores.ts';
import { report, type IdentityParts, type Visit } from './visit.ts';

export interface SignUp {
  readonly email: string;
  readonly password: string;
  readonly data: Metadata;
}

type Outcome =
  | { readonly kind: 'signed-in'; readonly opened: OpenSession }
  | { readonly kind: 'to-confirm'; readonly user: User }
  /** The address belongs to a confirmed account, which a stranger must not learn. */
  | { readonly kind: 'taken'; readonly user: User };

/**
 * Makes an account for an address. With confirmation off the answer is a session; otherwise it is the bare user, and
 * for an address already confirmed by somebody a made-up one.
 *
 * @throws {AshlarError} `identity.signup_disabled`, `identity.email_signups_disabled`, `identity.weak_password`,
 *   `identity.user_already_exists`, `identity.database_error` when a trigger on `auth.users` refuses.
 */
export async function signUp(
  parts: IdentityParts,
  visit: Visit,
  input: SignUp,
): Promise<SessionDocument | UserDocument> {
  const { auth } = visit.project.settings;
  if (auth.disableSignup) throw identityErrors.signupDisabled();
  if (!auth.emailEnabled) throw identityErrors.emailSignupsDisabled();
  checkNewPassword(visit, input.password);

  // Before looking for the address: a taken one costs the same time.
  const passwordHash = await parts.passwords.hash(input.password);
  const now = parts.now();
  const candidate = newEmailUser(input, passwordHash, auth.autoconfirmEmail, now);
  const outcome = await parts.inTransaction(visit, (stores) => register(stores, visit, candidate));

  switch (outcome.kind) {
    case 'signed-in':
      report(parts, visit, 'signed-up', outcome.opened.user.id);
      return renderSession(parts, visit, outcome.opened);
    case 'to-confirm':
      // No mail leaves this server yet; whoever runs it must see that the user waits in vain.
      report(parts, visit, 'confirmation-undelivered', outcome.user.id);
      return renderUser(outcome.user);
    case 'taken':
      report(parts, visit, 'sign-up-repeated', outcome.user.id);
      if (auth.autoconfirmEmail) throw identityErrors.userAlreadyExists();
      return renderUser(pretendedUser(candidate));
  }
}

async function register(stores: Stores, visit: Visit, candidate: NewUser & { email: string }): Promise<Outcome> {
  const { autoconfirmEmail } = visit.project.settings.auth;
  const { email, at } = candidate;
  const inserted = await stores.users.insert(candidate);
  if (!inserted) {
    const holder = await stores.users.findByEmail(email);
    // Nobody holds it, so a trigger of the application swallowed the row.
    if (holder === null) throw identityErrors.databaseError({ attempt: 'saving new user' });
    await stores.audit(auditEntry('user_repeated_signup', holder, visit.client.address, at, { provider: 'email' }));
    // The password given now is not taken over: nobody has shown that the address is theirs. With confirmation off
    // an unconfirmed account counts as taken for the same reason.
    if (holder.emailConfirmedAt !== null || autoconfirmEmail) return { kind: 'taken', user: holder };
    return askToConfirm(stores, visit, holder, email, at);
  }
  const { id } = candidate;
  const data = { sub: id, email, email_verified: false, phone_verified: false };
  const identitySaved = stores.users.saveIdentity(id, 'email', data, at);
  if (!autoconfirmEmail) {
    const [outcome] = await Promise.all([askToConfirm(stores, visit, candidate, email, at), identitySaved]);
    return outcome;
  }
  const [opened, , user] = await Promise.all([
    openSession(stores, visit, id, 'password', at),
    stores.users.markSignedIn(id, candidate.passwordHash, at),
    // Read back, because triggers of the application may have changed what tokens are about to say.
    stores.users.findById(id),
    stores.audit(auditEntry('user_signedup', candidate, visit.client.address, at, { provider: 'email' })),
    identitySaved,
  ]);
  return { kind: 'signed-in', opened: { ...opened, user: must(user, 'the user just signed up') } };
}

async function askToConfirm(
  stores: Stores,
  visit: Visit,
  holder: Pick<User, 'id' | 'email' | 'phone'>,
  email: string,
  at: Date,
): Promise<Outcome> {
  const entry = auditEntry('user_confirmation_requested', holder, visit.client.address, at, { provider: 'email' });
  const [, user] = await Promise.all([
    stores.users.keepConfirmation(holder.id, email, drawMailedToken(email), at),
    stores.users.findById(holder.id),
    stores.audit(entry),
  ]);
  return { kind: 'to-confirm', user: must(user, 'the user to confirm') };
}

function newEmailUser(
  { email, data }: SignUp,
  passwordHash: string,
  confirmed: boolean,
  at: Date,
): NewUser & { email: string } {
  const id = randomUUID();
  return {
    id,
    role: AUTHENTICATED,
    email,
    phone: null,
    passwordHash,
    emailConfirmedAt: confirmed ? at : null,
    phoneConfirmedAt: null,
    bannedUntil: null,
    appMetadata: providersMetadata(['email']),
    userMetadata: mergeMetadata(data, { sub: id, email, email_verified: confirmed, phone_verified: false }),
    isAnonymous: false,
    at,
  };
}

/** What a stranger sees for a taken address: a new account but for its empty list of identities. */
function pretendedUser(candidate: NewUser): User {
  return {
    ...candidate,
    audience: AUTHENTICATED,
    invitedAt: null,
    confirmationSentAt: candidate.at,
    recoverySentAt: null,
    newEmail: null,
    emailChangeSentAt: null,
    newPhone: null,
    phoneChangeSentAt: null,
    reauthenticationSentAt: null,
    lastSignInAt: null,
    deletedAt: null,
    createdAt: candidate.at,
    updatedAt: candidate.at,
    identities: [],
    factors: [],
  };
}
