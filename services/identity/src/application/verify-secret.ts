import { randomUUID } from 'node:crypto';
import { must } from '@ashlar/kernel';
import { hashAuthCode } from '../domain/auth-code.ts';
import type { Contact } from '../domain/contact.ts';
import { identityErrors } from '../domain/identity-errors.ts';
import { isBanned, type User } from '../domain/user.ts';
import { acceptToken } from './accept-token.ts';
import { auditEntry } from './audit-entry.ts';
import type { OneTimeToken, OneTimeTokenType } from './one-time-token-store.ts';
import { openSession } from './open-session.ts';
import { renderSession, type OpenSession, type SessionDocument } from './session-document.ts';
import type { Stores } from './stores.ts';
import { takeByCode, takeByHash } from './take-token.ts';
import { report, type IdentityParts, type Visit } from './visit.ts';

/** What a client says a secret is for. */
export type VerificationType =
  | 'signup'
  | 'invite'
  | 'magiclink'
  | 'recovery'
  | 'email'
  | 'email_change'
  | 'sms'
  | 'phone_change';

/** The tokens a type can mean; `email` is whatever code was mailed to sign in. */
export const TOKENS_OF: Readonly<Record<VerificationType, readonly OneTimeTokenType[]>> = {
  signup: ['confirmation_token'],
  invite: ['confirmation_token'],
  magiclink: ['recovery_token'],
  recovery: ['recovery_token'],
  email: ['confirmation_token', 'recovery_token'],
  email_change: ['email_change_token_new', 'email_change_token_current'],
  sms: ['confirmation_token'],
  phone_change: ['phone_change_token'],
};

/** How a session says it was proven when it comes of a flow's code. */
const FLOW_METHODS: Readonly<Record<VerificationType, string>> = {
  signup: 'email/signup',
  invite: 'invite',
  magiclink: 'magiclink',
  recovery: 'recovery',
  email: 'magiclink',
  email_change: 'email_change',
  sms: 'otp',
  phone_change: 'otp',
};

export type Secret =
  | { readonly by: 'hash'; readonly hash: string }
  | { readonly by: 'code'; readonly contact: Contact; readonly code: string };

export type Verified =
  | { readonly kind: 'session'; readonly session: SessionDocument }
  /** The first of two mailboxes confirmed a change of address. */
  | { readonly kind: 'half' };

export type Followed = Verified | { readonly kind: 'code'; readonly code: string };

type Outcome<Proven> =
  | { readonly kind: 'proven'; readonly user: User; readonly proven: Proven }
  | { readonly kind: 'half'; readonly user: User }
  | { readonly kind: 'refused' };

/**
 * Signs in whoever presents a secret that was sent to them. Of many uses at once one succeeds; a wrong code is counted
 * although the answer is a refusal.
 *
 * @throws {AshlarError} `identity.otp_expired`, `identity.user_banned`, `identity.email_exists`,
 *   `identity.phone_exists`.
 */
export async function verifySecret(
  parts: IdentityParts,
  visit: Visit,
  type: VerificationType,
  secret: Secret,
): Promise<Verified> {
  const outcome = await use(parts, visit, type, secret, beginSession);
  if (outcome.kind === 'refused') throw identityErrors.otpExpired();
  if (outcome.kind === 'half') return { kind: 'half' };
  return { kind: 'session', session: await renderSession(parts, visit, outcome.proven) };
}

/**
 * The same for a link a browser follows. One asked for in the PKCE flow gives a code instead of a session, which only
 * the client that asked can exchange.
 *
 * @throws {AshlarError} As `verifySecret`.
 */
export async function followLink(
  parts: IdentityParts,
  visit: Visit,
  type: VerificationType,
  hash: string,
  redirectTo: string,
): Promise<Followed> {
  const proceed: Proceed<OpenSession | string> = (stores, seen, user, token, now) =>
    token.challenge === null
      ? beginSession(stores, seen, user, token, now)
      : beginFlow(stores, user, token, FLOW_METHODS[type], redirectTo, now);
  const outcome = await use(parts, visit, type, { by: 'hash', hash }, proceed);
  if (outcome.kind === 'refused') throw identityErrors.otpExpired();
  if (outcome.kind === 'half') return { kind: 'half' };
  const { proven } = outcome;
  if (typeof proven === 'string') return { kind: 'code', code: proven };
  return { kind: 'session', session: await renderSession(parts, visit, proven) };
}

type Proceed<Proven> = (stores: Stores, visit: Visit, user: User, token: OneTimeToken, now: Date) => Promise<Proven>;

async function use<Proven>(
  parts: IdentityParts,
  visit: Visit,
  type: VerificationType,
  secret: Secret,
  proceed: Proceed<Proven>,
): Promise<Outcome<Proven>> {
  const now = parts.now();
  const types = TOKENS_OF[type];
  const outcome = await parts.inTransaction(visit, async (stores): Promise<Outcome<Proven>> => {
    const token =
      secret.by === 'hash'
        ? await takeByHash(stores, visit, secret.hash, types, now)
        : await takeByCode(stores, visit, secret.contact, secret.code, types, null, now);
    const user = token === null ? null : await stores.users.findById(token.userId);
    if (token === null || user === null) return { kind: 'refused' };
    if (isBanned(user, now)) throw identityErrors.userBanned();
    const accepted = await acceptToken(stores, parts, visit, token, user, now);
    if (accepted === 'void') return { kind: 'refused' };
    if (accepted === 'half') return { kind: 'half', user };
    const current = must(await stores.users.findById(user.id), 'the user whose token was taken');
    return { kind: 'proven', user: current, proven: await proceed(stores, visit, current, token, now) };
  });
  const subject = outcome.kind === 'refused' ? null : outcome.user.id;
  report(parts, visit, outcome.kind === 'refused' ? 'one-time-code-refused' : 'one-time-code-used', subject);
  return outcome;
}

async function beginSession(
  stores: Stores,
  visit: Visit,
  user: User,
  { address }: OneTimeToken,
  now: Date,
): Promise<OpenSession> {
  const traits = { provider: address.includes('@') ? 'email' : 'phone' };
  const [opened, , current] = await Promise.all([
    openSession(stores, visit, user.id, 'otp', now),
    stores.users.markSignedIn(user.id, user.passwordHash, now),
    stores.users.findById(user.id),
    stores.audit(auditEntry('login', user, visit.client.address, now, traits)),
  ]);
  return { ...opened, user: must(current, 'the user just signed in') };
}

async function beginFlow(
  stores: Stores,
  user: User,
  { challenge }: OneTimeToken,
  method: string,
  redirectTo: string,
  now: Date,
): Promise<string> {
  const id = randomUUID();
  const code = randomUUID();
  const flow = { id, challenge, provider: 'email', method, redirectTo, linkTo: null, emailOptional: false };
  await stores.flows.begin({ ...flow, createdAt: now });
  const outcome = { userId: user.id, codeHash: hashAuthCode(code), providerToken: null, providerRefreshToken: null };
  await stores.flows.issueCode(id, { ...outcome, at: now });
  return code;
}
