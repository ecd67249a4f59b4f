import { must } from '@ashlar/kernel';
import type { Contact } from '../domain/contact.ts';
import { identityErrors } from '../domain/identity-errors.ts';
import { mergeMetadata } from '../domain/metadata.ts';
import { renderUser, type UserDocument } from '../domain/user-document.ts';
import type { Metadata, User } from '../domain/user.ts';
import { auditEntry, SERVICE_ACTOR } from './audit-entry.ts';
import { afterUserCreated, askAboutNewcomer, type Admit } from './hooks.ts';
import { invitedUser } from './invite-user.ts';
import { issueSecret, type IssuedSecret } from './issue-secret.ts';
import { checkNewPassword } from './new-password.ts';
import { insertUser, newUser } from './new-user.ts';
import { refuseTaken } from './request-address-change.ts';
import { actionLink } from './send-message.ts';
import { MAILED, type MailedPurpose } from './send-secret.ts';
import type { NewUser, Stores } from './stores.ts';
import { report, type IdentityParts, type Visit } from './visit.ts';

export type LinkType = MailedPurpose | 'email_change_current' | 'email_change_new';

export interface LinkRequest {
  readonly type: LinkType;
  readonly email: string;
  /** For the two halves of a change of address; '' otherwise. */
  readonly newEmail: string;
  /** For `signup`; '' otherwise. */
  readonly password: string;
  readonly data: Metadata;
  readonly redirectTo: string;
}

/** Types that sign an unknown address up. */
const MAKES_ACCOUNTS: ReadonlySet<LinkType> = new Set(['signup', 'invite', 'magiclink']);

/** The account a link makes when nobody has its address. */
interface Newcomer {
  readonly candidate: NewUser;
  readonly admit: Admit;
}

interface Generated {
  readonly userId: string;
  readonly secret: IssuedSecret;
  readonly verificationType: LinkType;
}

/**
 * Makes the link a mail would carry and hands it to an administrator, who sends it in their own way.
 *
 * @throws {AshlarError} `identity.user_not_found`, `identity.email_exists`, `identity.validation_failed`,
 *   `identity.weak_password`, `identity.database_error`; for an unknown address those of `beforeUserCreated`.
 */
export async function generateLink(parts: IdentityParts, visit: Visit, request: LinkRequest): Promise<UserDocument> {
  const passwordHash = request.type === 'signup' ? await hashPassword(parts, visit, request.password) : null;
  const now = parts.now();
  const contact: Contact = { kind: 'email', value: request.email };
  const candidate = newUser({ contact, passwordHash, data: request.data, confirmed: false, at: now });
  const admit = MAKES_ACCOUNTS.has(request.type) ? await askAboutNewcomer(parts, visit, candidate) : () => undefined;
  const { generated, user } = await parts.inTransaction(visit, async (stores) => {
    const made =
      request.type === 'email_change_current' || request.type === 'email_change_new'
        ? await changeLink(stores, visit, request, request.type, now)
        : await signInLink(stores, visit, contact, request, request.type, { candidate, admit });
    return { generated: made, user: must(await stores.users.findById(made.userId), 'the user of the link') };
  });
  if (user.id === candidate.id) afterUserCreated(parts, visit, user);
  report(parts, visit, 'link-generated', user.id);
  const { secret, verificationType } = generated;
  const linkType = verificationType.startsWith('email_change') ? 'email_change' : verificationType;
  return {
    ...renderUser(user),
    action_link: actionLink(visit, secret, linkType, request.redirectTo),
    email_otp: secret.code,
    hashed_token: secret.hash,
    verification_type: verificationType,
    redirect_to: request.redirectTo,
  };
}

async function hashPassword(parts: IdentityParts, visit: Visit, password: string): Promise<string> {
  if (password === '') throw identityErrors.validationFailed({ detail: 'Signup requires a valid password' });
  await checkNewPassword(parts, visit, password);
  return parts.passwords.hash(password);
}

async function signInLink(
  stores: Stores,
  visit: Visit,
  contact: Contact,
  { data }: LinkRequest,
  wanted: MailedPurpose,
  newcomer: Newcomer,
): Promise<Generated> {
  const { at } = newcomer.candidate;
  const known = await stores.users.findByEmail(contact.value);
  // A magic link for somebody unknown signs them up.
  const purpose = wanted === 'magiclink' && known === null ? 'signup' : wanted;
  const user = await userOf(stores, visit, purpose, known, contact, data, newcomer);
  const { tokenType } = MAILED[purpose];
  const secret = await issueSecret(stores, visit, { userId: user.id, type: tokenType, contact, challenge: null, at });
  return { userId: user.id, secret, verificationType: purpose };
}

async function userOf(
  stores: Stores,
  visit: Visit,
  purpose: MailedPurpose,
  known: User | null,
  contact: Contact,
  data: Metadata,
  { candidate, admit }: Newcomer,
): Promise<User> {
  const { at, passwordHash } = candidate;
  if (purpose === 'invite') return invitedUser(stores, visit, contact, candidate, admit);
  const traits = { user_email: contact.value };
  if (purpose !== 'signup') {
    if (known === null) throw identityErrors.userNotFound();
    await stores.audit(auditEntry('user_recovery_requested', SERVICE_ACTOR, visit.client.address, at, traits));
    return known;
  }
  if (known !== null && known.emailConfirmedAt !== null) throw identityErrors.emailExists();
  await stores.audit(auditEntry('user_confirmation_requested', SERVICE_ACTOR, visit.client.address, at, traits));
  if (known !== null) {
    // An administrator vouches for the new password, where a stranger's would not count.
    const userMetadata = mergeMetadata(known.userMetadata, data);
    await stores.users.update(known.id, { userMetadata, passwordHash }, at);
    return known;
  }
  admit();
  if (!(await insertUser(stores, candidate, contact))) {
    throw identityErrors.databaseError({ attempt: 'saving new user' });
  }
  return must(await stores.users.findById(candidate.id), 'the user just made');
}

async function changeLink(
  stores: Stores,
  visit: Visit,
  { email, newEmail }: LinkRequest,
  verificationType: 'email_change_current' | 'email_change_new',
  at: Date,
): Promise<Generated> {
  const { doubleConfirmChanges } = visit.settings.email;
  const isCurrent = verificationType === 'email_change_current';
  if (isCurrent && !doubleConfirmChanges) {
    const detail = 'Enable secure email change to generate link for current email';
    throw identityErrors.validationFailed({ detail });
  }
  const found = await stores.users.findByEmail(email);
  if (found === null) throw identityErrors.userNotFound();
  await stores.users.lock(found.id);
  const user = must(await stores.users.findById(found.id), 'the user just locked');
  await refuseTaken(stores, user, { kind: 'email', value: newEmail });
  // The link of the other half stays good, so that an administrator can send both.
  if (user.newEmail === newEmail) await stores.pendingChanges.restartConfirmation(user.id, at);
  else await stores.pendingChanges.beginEmailChange(user.id, newEmail, at);
  const secret = await issueSecret(stores, visit, {
    userId: user.id,
    type: isCurrent ? 'email_change_token_current' : 'email_change_token_new',
    contact: { kind: 'email', value: isCurrent ? email : newEmail },
    challenge: null,
    halves: doubleConfirmChanges ? 2 : 1,
    at,
  });
  return { userId: user.id, secret, verificationType };
}
