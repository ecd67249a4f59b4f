import { identityErrors } from './identity-errors.ts';

const MIN_CHALLENGE_LENGTH = 43;
const MAX_CHALLENGE_LENGTH = 128;
const UNRESERVED = /^[A-Za-z0-9._~-]*$/;

/**
 * Checks the pair that begins a PKCE flow; '' is "not given".
 *
 * @throws {AshlarError} `identity.validation_failed`
 * @see https://datatracker.ietf.org/doc/html/rfc7636#section-4.2
 */
export function checkCodeChallenge(challenge: string, method: string): void {
  if (challenge === '' && method === '') return;
  if (challenge === '' || method === '') {
    throw invalid('PKCE flow requires code_challenge_method and code_challenge');
  }
  if (challenge.length < MIN_CHALLENGE_LENGTH || challenge.length > MAX_CHALLENGE_LENGTH) {
    throw invalid(`code challenge has to be between ${MIN_CHALLENGE_LENGTH} and ${MAX_CHALLENGE_LENGTH} characters`);
  }
  if (!UNRESERVED.test(challenge)) {
    throw invalid('code challenge can only contain alphanumeric characters, hyphens, periods, underscores and tildes');
  }
  if (!['s256', 'plain'].includes(method.toLowerCase())) throw invalid('code challenge method not supported');
}

function invalid(detail: string): Error {
  return identityErrors.validationFailed({ detail });
}
