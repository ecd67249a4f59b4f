import { createHash, createHmac } from 'node:crypto';

/** Shorter texts never were one of ours or of the reference's, and cost no query. */
export const MIN_REFRESH_TOKEN_LENGTH = 12;
/** Base64url characters kept of the MAC: 192 bits. */
const TOKEN_LENGTH = 32;

/**
 * The refresh token that follows the one of hash `parent`, or the first one of the session of id `parent`. Either names
 * one place in one family, so the successor of a token is known before its session is.
 *
 * It is derived, not drawn: the database keeps only hashes, yet a client that presents a token's direct parent, or
 * loses the race between two tabs, must be given the very pair in force. Whoever knows the project's JWT secret could
 * mint access tokens anyway, so nothing new is entrusted to it.
 */
export function deriveRefreshToken(jwtSecret: string, parent: string): string {
  // No JWT begins like this label, so the secret's two uses cannot be confused.
  return createHmac('sha256', jwtSecret)
    .update(`refresh token v2:${parent}`)
    .digest('base64url')
    .slice(0, TOKEN_LENGTH);
}

/** What the database keeps of a refresh token: SHA-256 in hexadecimal. A token is too random to need a slow hash. */
export function hashRefreshToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
