import { createHash, timingSafeEqual } from 'node:crypto';
import { identityErrors } from './identity-errors.ts';
import { checkCodeChallenge } from './pkce.ts';

/** What a client of the PKCE flow will prove itself with (RFC 7636). */
export interface CodeChallenge {
  readonly value: string;
  readonly method: 's256' | 'plain';
}

/**
 * Reads the pair a flow begins with; null when it is absent.
 *
 * @throws {AshlarError} `identity.validation_failed`
 */
export function readCodeChallenge(challenge: string, method: string): CodeChallenge | null {
  checkCodeChallenge(challenge, method);
  if (challenge === '') return null;
  return { value: challenge, method: method.toLowerCase() === 'plain' ? 'plain' : 's256' };
}

/** @throws {AshlarError} `identity.bad_code_verifier` when the verifier does not answer the challenge. */
export function checkCodeVerifier({ value, method }: CodeChallenge, verifier: string): void {
  const answer = method === 'plain' ? verifier : createHash('sha256').update(verifier).digest('base64url');
  const [wanted, given] = [Buffer.from(value), Buffer.from(answer)];
  if (wanted.length !== given.length || !timingSafeEqual(wanted, given)) throw identityErrors.badCodeVerifier();
}
