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
  'key-unknown': 'no valid API key',
  'key-missing': 'no API key',
};

/** What a token the door could not verify is answered with. */
export function unverifiable({ reason }: Refusal): AshlarError {
  return identityErrors.badJwt({ detail: `invalid JWT: unable to parse or verify signature, ${WHY[reason]}` });
}
