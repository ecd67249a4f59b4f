import type { AshlarError } from '@ashlar/kernel';
import type { Refusal, RequestContext } from '@ashlar/service';
import { identityErrors } from './identity-errors.ts';
import { isUuid } from './uuid.ts';

/** Who a user's access token speaks for. The account and the session are still to be looked up. */
export interface Bearer {
  readonly userId: string;
  /** Tokens minted outside of this service may name no session. */
  readonly sessionId: string | null;
  readonly assuranceLevel: string;
}

type Resolved = Pick<RequestContext, 'caller' | 'refusal'>;

const ADMIN_ROLES: ReadonlySet<string> = new Set(['service_role', 'supabase_admin']);

/**
 * Reads the user a request speaks for.
 *
 * @param hasBearer Whether an Authorization header came: a key in `apikey` alone identifies an application, no user.
 * @throws {AshlarError} `identity.no_authorization`, `identity.bad_jwt`.
 */
export function readBearer({ caller, refusal }: Resolved, hasBearer: boolean): Bearer {
  if (refusal !== null) throw unverifiable(refusal);
  if (caller.via === 'none' || (caller.via === 'token' && !hasBearer)) throw identityErrors.noAuthorization();
  const { sub, session_id: sessionId, aal } = caller.claims;
  if (sub === undefined || sub === '') throw identityErrors.badJwt({ detail: 'invalid claim: missing sub claim' });
  if (!isUuid(sub)) throw identityErrors.badJwt({ detail: 'invalid claim: sub claim must be a UUID' });
  if (sessionId !== undefined && sessionId !== '' && !isUuid(sessionId)) {
    throw identityErrors.badJwt({ detail: 'invalid claim: session_id claim must be a UUID' });
  }
  return {
    userId: sub,
    sessionId: isUuid(sessionId) ? sessionId : null,
    assuranceLevel: typeof aal === 'string' ? aal : 'aal1',
  };
}

export function isAdminRole(role: string): boolean {
  return ADMIN_ROLES.has(role);
}

/** Whether somebody acts in the name of the user the token is of. */
export function isImpersonated({ caller }: Resolved): boolean {
  return caller.claims['act'] !== undefined;
}

/** Whether the caller holds the secret key or an administrator's token. */
export function isAdmin({ caller, refusal }: Resolved): boolean {
  return refusal === null && ADMIN_ROLES.has(caller.role);
}

/** An administrator in the words of the trail: whom the token names, or its role. */
export function actorOf({ caller }: Resolved): string {
  const { email, sub } = caller.claims;
  for (const name of [email, sub]) if (typeof name === 'string' && name !== '') return name.slice(0, 255);
  return caller.role;
}

/** @throws {AshlarError} `identity.no_authorization`, `identity.bad_jwt`, `identity.not_admin`. */
export function requireAdmin({ caller, refusal }: Resolved): void {
  if (refusal !== null) throw unverifiable(refusal);
  if (caller.via === 'none') throw identityErrors.noAuthorization();
  if (!ADMIN_ROLES.has(caller.role)) throw identityErrors.notAdmin();
}

/** The second half of the sentence clients compare, by what the door found wrong. */
const WHY: Readonly<Record<Refusal['reason'], string>> = {
  'token-malformed': 'token is malformed: token contains an invalid number of segments',
  'token-unverifiable': 'token signature is invalid: signature is invalid',
  'token-algorithm': 'token is unverifiable: signing method is invalid',
  'token-expired': 'token has invalid claims: token is expired',
  'token-not-yet-valid': 'token has invalid claims: token is not valid yet',
  'token-issued-in-future': 'token has invalid claims: token used before issued',
  'token-claims': 'token has invalid claims',
  'role-unknown': 'token has invalid claims: role is not one of this project',
  'session-revoked': 'session has ended',
  'user-banned': 'user is banned',
  'key-unknown': 'no valid API key',
  'key-missing': 'no API key',
};

/** What a token the door could not verify is answered with. */
export function unverifiable({ reason }: Refusal): AshlarError {
  if (reason === 'session-revoked') return identityErrors.sessionNotFound();
  if (reason === 'user-banned') return identityErrors.userBanned();
  return identityErrors.badJwt({ detail: `invalid JWT: unable to parse or verify signature, ${WHY[reason]}` });
}
