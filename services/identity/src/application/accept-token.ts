import { contactOf } from '../domain/contact.ts';
import type { User } from '../domain/user.ts';
import { auditEntry } from './audit-entry.ts';
import { setEmail, setPhone } from './change-address.ts';
import type { OneTimeToken } from './one-time-token-store.ts';
import { changeAtOnce, refuseTaken } from './request-address-change.ts';
import type { Stores } from './stores.ts';
import type { IdentityParts, Visit } from './visit.ts';

/**
 * Does what a taken token stands for: the address it was sent to is its user's.
 *
 * @returns `half` when a change of address waits for the other mailbox, `void` when the address is not the account's
 *   any more.
 * @throws {AshlarError} `identity.email_exists`, `identity.phone_exists` when the new address was taken meanwhile.
 */
export async function acceptToken(
  stores: Stores,
  parts: IdentityParts,
  visit: Visit,
  token: OneTimeToken,
  user: User,
  at: Date,
): Promise<'accepted' | 'half' | 'void'> {
  switch (token.type) {
    case 'confirmation_token':
      return confirm(stores, visit, token, user, at);
    case 'recovery_token':
      return recover(stores, token, user, at);
    case 'email_change_token_new':
    case 'email_change_token_current':
    case 'phone_change_token':
      return change(stores, parts, visit, token, user, at);
    case 'reauthentication_token':
      return 'void';
  }
}

async function confirm(
  stores: Stores,
  visit: Visit,
  { address }: OneTimeToken,
  user: User,
  at: Date,
): Promise<'accepted' | 'void'> {
  const { kind } = contactOf(address);
  if (addressOf(user, kind) !== address) return 'void';
  const confirmedAt = kind === 'email' ? user.emailConfirmedAt : user.phoneConfirmedAt;
  if (confirmedAt !== null) return 'accepted';
  await (kind === 'email' ? setEmail(stores, user, address, at) : setPhone(stores, user, address, at));
  const action = user.invitedAt === null ? 'user_signedup' : 'invite_accepted';
  await stores.audit(auditEntry(action, user, visit.client.address, at, { provider: kind }));
  return 'accepted';
}

async function recover(stores: Stores, { address }: OneTimeToken, user: User, at: Date): Promise<'accepted' | 'void'> {
  if (addressOf(user, 'email') !== address) return 'void';
  if (user.emailConfirmedAt !== null) return 'accepted';
  // Whoever signed up with this address and a password never showed that it is theirs: the owner, who asked for a link
  // and not for an account, must not be left with a stranger's password.
  if (user.passwordHash !== null) await stores.users.update(user.id, { passwordHash: null }, at);
  await setEmail(stores, user, address, at);
  return 'accepted';
}

async function change(
  stores: Stores,
  parts: IdentityParts,
  visit: Visit,
  token: OneTimeToken,
  user: User,
  at: Date,
): Promise<'accepted' | 'half' | 'void'> {
  const kind = token.type === 'phone_change_token' ? 'phone' : 'email';
  const wanted = kind === 'phone' ? user.newPhone : user.newEmail;
  const expected = token.type === 'email_change_token_current' ? addressOf(user, 'email') : wanted;
  if (wanted === null || expected !== token.address) return 'void';
  if (token.halves === 2 && (await stores.pendingChanges.confirmHalf(user.id, at))) return 'half';
  const contact = { kind, value: wanted } as const;
  await refuseTaken(stores, user, contact);
  await changeAtOnce(stores, parts, visit, user, contact, at);
  await stores.audit(auditEntry('user_modified', user, visit.client.address, at));
  return 'accepted';
}

/** As messages are addressed: a seed may hold an address in mixed case. */
function addressOf(user: User, kind: 'email' | 'phone'): string | undefined {
  return kind === 'email' ? user.email?.toLowerCase() : (user.phone ?? undefined);
}
