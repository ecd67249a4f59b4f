import type { RequestContext } from '@ashlar/service';
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

function unverifiable(refusal: NonNullable<RequestContext['refusal']>): Error {
  return identityErrors.badJwt({ detail: `invalid JWT: unable to parse or verify signature, ${refusal.message}` });
}
