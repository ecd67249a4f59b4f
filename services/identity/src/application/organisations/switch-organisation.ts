import { accessTokenClaims } from '../../domain/access-token-claims.ts';
import { identityErrors } from '../../domain/identity-errors.ts';
import type { Session } from '../../domain/session.ts';
import { authenticate } from '../authenticate.ts';
import { hookedClaims } from '../hooks.ts';
import { report, type IdentityParts, type Visit } from '../visit.ts';
import { actorIn, type OrganisationCaller } from './organisation-actor.ts';

/** A token that acts for the organisation; the session's refreshes keep to it. */
export interface SwitchedDocument {
  readonly access_token: string;
  readonly token_type: 'bearer';
  /** Seconds. */
  readonly expires_in: number;
  /** Seconds since 1970. */
  readonly expires_at: number;
}

/** @throws {AshlarError} those of `actorIn`, `identity.session_not_found` for a token without a session. */
export async function switchOrganisation(
  parts: IdentityParts,
  visit: Visit,
  caller: Extract<OrganisationCaller, { kind: 'user' }>,
  organisationId: string,
): Promise<SwitchedDocument> {
  const now = parts.now();
  const { sessionId, userId } = caller.bearer;
  if (sessionId === null) throw identityErrors.sessionNotFound();
  const [user, session] = await parts.inTransaction(visit, async (stores) => {
    await actorIn(stores, caller, organisationId, null, now);
    const [found, proven] = await Promise.all([
      authenticate(stores, caller.bearer, now),
      stores.sessions.read(sessionId, userId),
      stores.organisations.choose(sessionId, organisationId),
    ]);
    if (proven === null) throw identityErrors.sessionNotFound();
    const switched: Session = { ...proven, organisationId };
    return [found, switched] as const;
  });
  report(parts, visit, 'organisation-switched', userId);
  const issuedAt = Math.floor(now.getTime() / 1000);
  const expiresIn = visit.settings.sessions.accessTokenSeconds;
  const own = accessTokenClaims(user, session, visit.issuer, { issuedAt, expiresAt: issuedAt + expiresIn });
  const claims = await hookedClaims(parts, visit, own, session.methods[0]?.method ?? '');
  return {
    access_token: parts.signToken(visit.project, claims),
    token_type: 'bearer',
    expires_in: Number(claims['exp']) - issuedAt,
    expires_at: Number(claims['exp']),
  };
}
