import { must } from '@ashlar/kernel';
import type { Contact } from '../domain/contact.ts';
import { identityErrors } from '../domain/identity-errors.ts';
import { renderUser, type UserDocument } from '../domain/user-document.ts';
import type { Metadata, User } from '../domain/user.ts';
import { auditEntry } from './audit-entry.ts';
import { secondsToWait } from './claim-message.ts';
import { findByContact, isConfirmed } from './find-by-contact.ts';
import { afterUserCreated, beforeUserCreated } from './hooks.ts';
import { inEvenTime } from './in-even-time.ts';
import { checkNewPassword } from './new-password.ts';
import { insertUser, newUser } from './new-user.ts';
import { openSession } from './open-session.ts';
import { requireChannel } from './require-channel.ts';
import { sendSecret, type Wishes } from './send-secret.ts';
import { renderSession, type OpenSession, type SessionDocument } from './session-document.ts';
import { unsavedUser } from './unsaved-user.ts';
import type { NewUser, Stores } from './stores.ts';
import { report, type IdentityParts, type Visit } from './visit.ts';

export interface SignUp {
  readonly contact: Contact;
  readonly password: string;
  readonly data: Metadata;
  readonly wishes: Wishes;
}

type Outcome =
  | { readonly kind: 'signed-in'; readonly opened: OpenSession }
  | { readonly kind: 'to-confirm'; readonly user: User }
  /** The address belongs to a confirmed account, which a stranger must not learn. */
  | { readonly kind: 'taken'; readonly user: User };

/**
 * Makes an account for an address or a number. With confirmation off the answer is a session; otherwise it is the bare
 * user, and for an address already confirmed by somebody a made-up one.
 *
 * @throws {AshlarError} `identity.signup_disabled`, `identity.email_signups_disabled`,
 *   `identity.phone_provider_disabled`, `identity.weak_password`, `identity.user_already_exists`,
 *   those of `requireChannel`, `identity.database_error` when a trigger on `auth.users` refuses.
 */
export async function signUp(
  parts: IdentityParts,
  visit: Visit,
  input: SignUp,
): Promise<SessionDocument | UserDocument> {
  const { contact, password, data } = input;
  const { general, email, phone } = visit.settings;
  const { autoconfirm } = visit.settings[contact.kind];
  if (general.disableSignup) throw identityErrors.signupDisabled();
  if (contact.kind === 'email' && !email.enabled) throw identityErrors.emailSignupsDisabled();
  if (contact.kind === 'phone' && !phone.enabled) throw identityErrors.phoneProviderDisabled();
  if (!autoconfirm) requireChannel(parts, visit, contact);
  await checkNewPassword(parts, visit, password);

  // Before looking for the address: a taken one costs the same time.
  const passwordHash = await parts.passwords.hash(password);
  const candidate = newUser({ contact, passwordHash, data, confirmed: autoconfirm, at: parts.now() });
  await beforeUserCreated(parts, visit, unsavedUser(candidate));
  const registered = (): Promise<Outcome> =>
    parts.inTransaction(visit, (stores) => register(stores, visit, candidate, input));
  // Where the answer does not tell a taken address, neither must its time.
  const outcome = await (autoconfirm ? registered() : inEvenTime(registered));
  const { user } = outcome.kind === 'signed-in' ? outcome.opened : outcome;
  if (user.id === candidate.id) afterUserCreated(parts, visit, user);

  switch (outcome.kind) {
    case 'signed-in':
      report(parts, visit, 'signed-up', outcome.opened.user.id);
      return renderSession(parts, visit, outcome.opened);
    case 'to-confirm':
      report(parts, visit, 'confirmation-requested', outcome.user.id);
      return renderUser(outcome.user);
    case 'taken':
      report(parts, visit, 'sign-up-repeated', outcome.user.id);
      if (autoconfirm) throw identityErrors.userAlreadyExists();
      return renderUser(pretendedUser(candidate));
  }
}

async function register(
  stores: Stores,
  visit: Visit,
  candidate: NewUser,
  { contact, wishes }: SignUp,
): Promise<Outcome> {
  const { autoconfirm } = visit.settings[contact.kind];
  const { at } = candidate;
  const traits = { provider: contact.kind };
  const waitSeconds = autoconfirm ? 0 : await secondsToWait(stores, visit, contact, 'signup', at);
  const inserted = await insertUser(stores, candidate, contact);
  if (!inserted) {
    const holder = await findByContact(stores, contact);
    // Nobody holds it, so a trigger of the application swallowed the row.
    if (holder === null) throw identityErrors.databaseError({ attempt: 'saving new user' });
    await stores.audit(auditEntry('user_repeated_signup', holder, visit.client.address, at, traits));
    // The password given now is not taken over: nobody has shown that the address is theirs. With confirmation off
    // an unconfirmed account counts as taken for the same reason.
    if (isConfirmed(holder, contact) || autoconfirm) {
      const wouldSend = !autoconfirm && waitSeconds === 0;
      if (wouldSend) stores.outbox.countUnsent(contact.kind === 'email' ? 'mail' : 'sms', at);
      return { kind: 'taken', user: holder };
    }
    // A mail is on its way. Saying so would set this account apart from one that is confirmed.
    if (waitSeconds > 0) return { kind: 'to-confirm', user: holder };
    return askToConfirm(stores, visit, holder, contact, wishes, at);
  }
  if (!autoconfirm) {
    const made = must(await stores.users.findById(candidate.id), 'the user just signed up');
    return askToConfirm(stores, visit, made, contact, wishes, at);
  }
  const { id } = candidate;
  const [opened, , user] = await Promise.all([
    openSession(stores, visit, id, 'password', at),
    stores.users.markSignedIn(id, candidate.passwordHash, at),
    // Read back, because triggers of the application may have changed what tokens are about to say.
    stores.users.findById(id),
    stores.audit(auditEntry('user_signedup', candidate, visit.client.address, at, traits)),
  ]);
  return { kind: 'signed-in', opened: { ...opened, user: must(user, 'the user just signed up') } };
}

async function askToConfirm(
  stores: Stores,
  visit: Visit,
  holder: User,
  contact: Contact,
  wishes: Wishes,
  at: Date,
): Promise<Outcome> {
  const traits = { provider: contact.kind };
  const [, user] = await Promise.all([
    sendSecret(stores, visit, holder, contact, 'signup', wishes, at),
    stores.users.findById(holder.id),
    stores.audit(auditEntry('user_confirmation_requested', holder, visit.client.address, at, traits)),
  ]);
  return { kind: 'to-confirm', user: must(user, 'the user to confirm') };
}

/** What a stranger sees for a taken address: a new account but for its empty list of identities. */
function pretendedUser(candidate: NewUser): User {
  return { ...unsavedUser(candidate), confirmationSentAt: candidate.at };
}
