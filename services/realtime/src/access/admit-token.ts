import type { Caller, Project, Refusal } from '@ashlar/service';
import { isObject, parseJson } from '../wire/frame.ts';
import type { TokenVerifier } from './token-verifier.ts';

/** Somebody whose token was good. */
export interface Admitted {
  readonly token: string;
  readonly caller: Caller;
}

/** Why a token is not: a code and a text that clients of this surface know. */
export interface TokenFault {
  readonly code: 'InvalidJWTToken' | 'MalformedJWT' | 'JwtSignatureError';
  readonly message: string;
}

const NEEDS_CLAIMS: TokenFault = { code: 'InvalidJWTToken', message: 'Fields `role` and `exp` are required in JWT' };
const MALFORMED: TokenFault = { code: 'MalformedJWT', message: 'The token provided is not a valid JWT' };
const FORGED: TokenFault = { code: 'JwtSignatureError', message: 'Failed to validate JWT signature' };

/**
 * A token has to name a role and its end, because the connection outlives the request that brought it.
 *
 * @param nowSeconds Since the epoch.
 */
export function admitToken(
  tokens: TokenVerifier,
  project: Project,
  token: string,
  nowSeconds: number,
): Admitted | TokenFault {
  const { caller, refusal } = tokens.verify(project, token, nowSeconds);
  if (refusal !== null) return faultOf(refusal, token, nowSeconds);
  // The project's own opaque keys borrow the claims of another key and last until they are revoked.
  if (caller.via !== 'token') return { token, caller };
  const { role, exp } = readClaims(token);
  if (typeof role !== 'string' || typeof exp !== 'number') return NEEDS_CLAIMS;
  if (exp <= nowSeconds) return expired(exp, nowSeconds);
  return { token, caller };
}

function faultOf(refusal: Refusal, token: string, nowSeconds: number): TokenFault {
  switch (refusal.reason) {
    case 'token-malformed':
    case 'key-unknown':
    case 'key-missing':
      return MALFORMED;
    case 'token-unverifiable':
    case 'token-algorithm':
      return FORGED;
    case 'token-claims':
    case 'role-unknown':
      return NEEDS_CLAIMS;
    case 'token-expired': {
      const { exp } = readClaims(token);
      return expired(typeof exp === 'number' ? exp : nowSeconds, nowSeconds);
    }
    default:
      return { code: 'InvalidJWTToken', message: refusal.message };
  }
}

function expired(exp: number, nowSeconds: number): TokenFault {
  return {
    code: 'InvalidJWTToken',
    message: `Token has expired ${Math.max(0, Math.floor(nowSeconds - exp))} seconds ago`,
  };
}

/** Only for tokens somebody else has verified, or to say why they were refused. */
function readClaims(token: string): Readonly<Record<string, unknown>> {
  const claims = parseJson(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
  return isObject(claims) ? claims : {};
}
