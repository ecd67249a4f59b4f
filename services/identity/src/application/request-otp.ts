import type { Contact } from '../domain/contact.ts';
import { identityErrors } from '../domain/identity-errors.ts';
import type { Metadata, User } from '../domain/user.ts';
import { auditEntry } from './audit-entry.ts';
import { refuseTooSoon, secondsToWait } from './claim-message.ts';
import { afterUserCreated, askAboutNewcomer, type Admit } from './hooks.ts';
import { inEvenTime } from './in-even-time.ts';
import { findByContact, isConfirmed } from './find-by-contact.ts';
import { insertUser, newUser } from './new-user.ts';
import { requireChannel } from './require-channel.ts';
import { sendSecret, type MailedPurpose, type Wishes } from './send-secret.ts';
import type { NewUser, Stores } from './stores.ts';
import { report, type IdentityParts, type Visit } from './visit.ts';

export interface OtpRequest {
  readonly contact: Contact;
  /** Whether an unknown address becomes an account; otherwise it is refused. */
  readonly createUser: boolean;
  /** Metadata of the account, should it be made. */
  readonly data: Metadata;
  readonly wishes: Wishes;
}

/**
 * Sends a code, by mail with a link beside it, that signs its reader in. An account made here has no password.
 *
 * @throws {AshlarError} `identity.email_logins_disabled`, `identity.unsupported_phone_provider`,
 *   `identity.otp_disabled` (the one answer that tells an unknown address, which the caller asked for),
 *   `identity.signup_disabled`, `identity.mail_too_soon`, `identity.sms_too_soon`, those of `requireChannel`; for an
 *   unknown address those of `beforeUserCreated`.
 */
export async function requestOtp(parts: IdentityParts, visit: Visit, request: OtpRequest): Promise<void> {
  const { contact } = request;
  if (contact.kind === 'email' && !visit.settings.email.enabled) throw identityErrors.emailLoginsDisabled();
  if (contact.kind === 'phone' && !visit.settings.phone.enabled) throw identityErrors.unsupportedPhoneProvider();
  requireChannel(parts, visit, contact);
  const now = parts.now();
  const candidate = newUser({ contact, passwordHash: null, data: request.data, confirmed: false, at: now });
  const mayCreate = request.createUser && !visit.settings.general.disableSignup;
  const admit = mayCreate ? await askAboutNewcomer(parts, visit, candidate) : null;
  const user = await inEvenTime(() =>
    parts.inTransaction(visit, async (stores) => {
      const seconds = await secondsToWait(stores, visit, contact, 'otp', now);
      const known = await findByContact(stores, contact);
      // A new account waits for nothing: its address was written to before for one that is gone.
      if (known !== null) refuseTooSoon(contact, seconds);
      const holder = known ?? (await createUser(stores, request, candidate, admit));
      const purpose = purposeFor(visit, holder, contact);
      const action = purpose === 'signup' ? 'user_confirmation_requested' : 'user_recovery_requested';
      await Promise.all([
        sendSecret(stores, visit, holder, contact, purpose, request.wishes, now),
        stores.audit(auditEntry(action, holder, visit.client.address, now, { provider: contact.kind })),
      ]);
      return holder;
    }),
  );
  if (user.id === candidate.id) afterUserCreated(parts, visit, user);
  report(parts, visit, 'one-time-code-requested', user.id);
}

/**
 * A new account is asked to confirm; one that exists is signed in. An unconfirmed account with a password is signed in
 * too: whoever set the password has not shown that the address is theirs, and this way it is not confirmed with it.
 */
function purposeFor(visit: Visit, user: User, contact: Contact): MailedPurpose {
  const toConfirm = !isConfirmed(user, contact) && user.passwordHash === null;
  return toConfirm && !visit.settings[contact.kind].autoconfirm ? 'signup' : 'magiclink';
}

async function createUser(
  stores: Stores,
  { contact, createUser: wanted }: OtpRequest,
  candidate: NewUser,
  /** Null where nobody new is let in. */
  admit: Admit | null,
): Promise<User> {
  if (!wanted) throw identityErrors.otpDisabled();
  if (admit === null) throw identityErrors.signupDisabled();
  admit();
  const inserted = await insertUser(stores, candidate, contact);
  // Somebody else may have made it a moment ago; otherwise a trigger of the application swallowed the row.
  const user = inserted ? await stores.users.findById(candidate.id) : await findByContact(stores, contact);
  if (user === null) throw identityErrors.databaseError({ attempt: 'saving new user' });
  return user;
}
