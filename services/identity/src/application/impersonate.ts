import { randomUUID } from 'node:crypto';
import { accessTokenClaims } from '../domain/access-token-claims.ts';
import { isAdminRole } from '../domain/bearer.ts';
import { identityErrors } from '../domain/identity-errors.ts';
import type { Session } from '../domain/session.ts';
import { renderUser, type UserDocument } from '../domain/user-document.ts';
import type { Metadata, User } from '../domain/user.ts';
import { auditEntry, SERVICE_ACTOR } from './audit-entry.ts';
import { hookedClaims } from './hooks.ts';
import type { Stores } from './stores.ts';
import { report, type IdentityParts, type Visit } from './visit.ts';

export interface Impersonation {
  readonly userId: string;
  readonly reason: string;
  readonly minutes: number;
  /** Who acts, as the trail and the token say. */
  readonly actor: string;
}

/** A session that ends by itself: there is nothing to refresh it with. */
export interface ImpersonationDocument {
  readonly access_token: string;
  readonly token_type: 'bearer';
  /** Seconds. */
  readonly expires_in: number;
  /** Seconds since 1970. */
  readonly expires_at: number;
  readonly user: UserDocument;
}

/** Minutes. */
export const MAX_IMPERSONATION_MINUTES = 60;

/**
 * Opens a session in a user's name for an administrator. Its token says who acts (`act`, RFC 8693 §4.1), the service
 * takes nothing from it that changes the account, and the trail keeps reason and both identities. The project's hook
 * on tokens writes its claims as for the user themselves, or the administrator would see other rows; `act` it cannot
 * take away.
 *
 * @throws {AshlarError} `identity.user_not_found`, `identity.impersonation_refused` for accounts with more rights than
 *   an ordinary user, what the hook on tokens refuses with.
 */
export async function impersonate(
  parts: IdentityParts,
  visit: Visit,
  { userId, reason, minutes, actor }: Impersonation,
): Promise<ImpersonationDocument> {
  const at = parts.now();
  const endsAt = new Date(at.getTime() + minutes * 60_000);
  const session: Session = {
    id: randomUUID(),
    userId,
    assuranceLevel: 'aal1',
    methods: [{ method: 'impersonation', at }],
  };
  const lifetime = { issuedAt: seconds(at), expiresAt: seconds(endsAt) };
  const user = await parts.inTransaction(visit, (stores) => findOrdinaryUser(stores, userId));
  // Before the session is opened: a refusal leaves none behind.
  const own = { ...accessTokenClaims(user, session, visit.issuer, lifetime), act: { sub: actor } };
  const claims: Metadata = { ...(await hookedClaims(parts, visit, own, 'impersonation')), act: own.act };
  await parts.inTransaction(visit, async (stores) => {
    const found = await findOrdinaryUser(stores, userId);
    const traits = { user_id: userId, user_email: found.email, actor, reason, ends_at: endsAt.toISOString() };
    await Promise.all([
      stores.impersonations.open({ session, client: visit.client, actor, reason, at, endsAt }),
      stores.audit(auditEntry('impersonation_started', SERVICE_ACTOR, visit.client.address, at, traits)),
    ]);
  });
  report(parts, visit, 'impersonation-started', userId);
  const expiresAt = Number(claims['exp']);
  return {
    access_token: parts.signToken(visit.project, claims),
    token_type: 'bearer',
    expires_in: expiresAt - lifetime.issuedAt,
    expires_at: expiresAt,
    user: renderUser(user),
  };
}

async function findOrdinaryUser({ users }: Stores, userId: string): Promise<User> {
  const found = await users.findById(userId);
  if (found === null) throw identityErrors.userNotFound();
  if (isAdminRole(found.role)) throw identityErrors.impersonationRefused({ role: found.role });
  return found;
}

function seconds(date: Date): number {
  return Math.floor(date.getTime() / 1000);
}
