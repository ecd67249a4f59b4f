import { identityErrors } from './identity-errors.ts';
import type { Metadata } from './user.ts';

/** What a hook says when it refuses, if it says nothing itself. */
const REJECTED = 'Further password verification attempts will be rejected.';
/** Bytes of claims: a token of more would be refused at the door. */
const MAX_CLAIMS_BYTES = 10_240;
const REQUIRED_CLAIMS = ['iss', 'sub', 'aud', 'exp', 'iat', 'email', 'phone', 'role', 'aal', 'session_id'] as const;
/** Others may be changed; by these a session is found again and ended. */
const FIXED_CLAIMS = ['iss', 'sub', 'iat', 'session_id'] as const;

/** @throws {AshlarError} `identity.hook_refused` when the hook answered with an error of its own. */
export function checkHookAnswer(answer: unknown): Metadata {
  // A hook that has nothing to say lets things go on.
  if (answer === null || answer === undefined) return {};
  if (!isObject(answer)) throw identityErrors.hookFailed({ detail: 'it did not answer with an object' });
  const { error } = answer;
  if (!isObject(error)) return answer;
  const status = Number(error['http_code']);
  throw identityErrors.hookRefused({
    status: Number.isInteger(status) && status >= 400 && status <= 599 ? status : 500,
    message: typeof error['message'] === 'string' ? error['message'].slice(0, 1000) : 'Refused by a hook',
  });
}

/** @throws {AshlarError} `identity.hook_failed` when claims every reader needs are missing or were made others. */
export function checkHookClaims({ claims }: Metadata, before: Metadata): Metadata {
  if (!isObject(claims)) throw identityErrors.hookFailed({ detail: 'output claims are missing' });
  const missing = REQUIRED_CLAIMS.filter((name) => claims[name] === undefined || claims[name] === null);
  if (missing.length > 0 || typeof claims['is_anonymous'] !== 'boolean') {
    const names = [...missing, ...(typeof claims['is_anonymous'] === 'boolean' ? [] : ['is_anonymous'])];
    throw claimsError(`${names.join(', ')} is required`);
  }
  const changed = FIXED_CLAIMS.find((name) => claims[name] !== before[name]);
  if (changed !== undefined) throw claimsError(`${changed} must stay as it was`);
  const { exp, role, aal } = claims;
  // An earlier end is fine; a later one would outlive what is remembered of ended sessions.
  if (typeof exp !== 'number' || !Number.isInteger(exp) || exp > Number(before['exp'])) {
    throw claimsError('exp must be a number no later than it was');
  }
  if (typeof role !== 'string' || role === '' || typeof aal !== 'string') {
    throw claimsError('role and aal must be texts');
  }
  if (Buffer.byteLength(JSON.stringify(claims)) > MAX_CLAIMS_BYTES) {
    throw claimsError(`they are larger than ${MAX_CLAIMS_BYTES} bytes`);
  }
  return claims;
}

/** What a hook on attempts decided; anything but a clear yes or no is an error, for this is a guard. */
export function checkHookDecision(answer: Metadata): {
  readonly isRejected: boolean;
  readonly message: string;
  readonly endsSessions: boolean;
} {
  const { decision, message } = answer;
  if (decision !== 'continue' && decision !== 'reject') {
    throw identityErrors.hookFailed({ detail: 'decision must be continue or reject' });
  }
  return {
    isRejected: decision === 'reject',
    message: typeof message === 'string' && message !== '' ? message.slice(0, 1000) : REJECTED,
    endsSessions: answer['should_logout_user'] === true,
  };
}

function claimsError(reason: string): Error {
  return identityErrors.hookFailed({ detail: `output claims do not conform to the expected schema: ${reason}` });
}

function isObject(value: unknown): value is Metadata {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
