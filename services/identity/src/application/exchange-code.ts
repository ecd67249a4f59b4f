import { must } from '@ashlar/kernel';
import { hashAuthCode } from '../domain/auth-code.ts';
import { checkCodeVerifier } from '../domain/code-challenge.ts';
import { identityErrors } from '../domain/identity-errors.ts';
import { isBanned } from '../domain/user.ts';
import { auditEntry } from './audit-entry.ts';
import { FLOW_LIFE_MS, type Flow } from './flow-store.ts';
import { openSession } from './open-session.ts';
import { renderSession, type SessionDocument } from './session-document.ts';
import { report, type IdentityParts, type Visit } from './visit.ts';

/** Tokens of the provider a flow led to, handed on once with the session. */
interface ProviderTokens {
  readonly provider_token?: string;
  readonly provider_refresh_token?: string;
}

/**
 * Exchanges the code a flow ended with for a session, once and only by the client that began it. A wrong verifier
 * leaves the code to its owner.
 *
 * @throws {AshlarError} `identity.flow_state_not_found`, `identity.flow_state_expired`, `identity.bad_code_verifier`,
 *   `identity.user_banned`.
 */
export async function exchangeCode(
  parts: IdentityParts,
  visit: Visit,
  code: string,
  verifier: string,
): Promise<SessionDocument & ProviderTokens> {
  const now = parts.now();
  const { flow, opened } = await parts.inTransaction(visit, async (stores) => {
    const ended = await stores.flows.takeByCode(hashAuthCode(code));
    if (ended === null || ended.userId === null || ended.challenge === null) throw identityErrors.flowStateNotFound();
    const issuedAt = ended.codeIssuedAt ?? ended.createdAt;
    if (now.getTime() - issuedAt.getTime() > FLOW_LIFE_MS) throw identityErrors.flowStateExpired();
    checkCodeVerifier(ended.challenge, verifier);
    await stores.users.lock(ended.userId);
    const user = await stores.users.findById(ended.userId);
    if (user === null) throw identityErrors.flowStateNotFound();
    if (isBanned(user, now)) throw identityErrors.userBanned();
    const [session, , current] = await Promise.all([
      openSession(stores, visit, user.id, ended.method, now),
      stores.users.markSignedIn(user.id, user.passwordHash, now),
      stores.users.findById(user.id),
      stores.audit(auditEntry('login', user, visit.client.address, now, { provider: ended.provider })),
    ]);
    return { flow: ended, opened: { ...session, user: must(current, 'the user just signed in') } };
  });
  report(parts, visit, 'signed-in', opened.user.id);
  return { ...(await renderSession(parts, visit, opened)), ...providerTokens(flow) };
}

function providerTokens({ providerToken, providerRefreshToken }: Flow): ProviderTokens {
  return {
    ...(providerToken === null ? {} : { provider_token: providerToken }),
    ...(providerRefreshToken === null ? {} : { provider_refresh_token: providerRefreshToken }),
  };
}
