import { createHmac } from 'node:crypto';

export interface BenchUser {
  readonly id: string;
  /** Rows of the user: every id that leaves this when divided by `USERS`. */
  readonly remainder: number;
  readonly claims: string;
  readonly token: string;
}

export const USERS = 1_000;
const LIFETIME_SECONDS = 3_600;

/**
 * The user whose rows leave `remainder`, with a token both servers accept.
 *
 * @param role `service_role` meets no policy.
 */
export function benchUser(
  remainder: number,
  jwtSecret: string,
  role: 'authenticated' | 'service_role' = 'authenticated',
): BenchUser {
  const id = `00000000-0000-4000-8000-${remainder.toString(16).padStart(12, '0')}`;
  const now = Math.floor(Date.now() / 1000);
  const claims = JSON.stringify({
    sub: id,
    role,
    aud: 'authenticated',
    email: `user${remainder}@example.org`,
    iat: now,
    exp: now + LIFETIME_SECONDS,
  });
  return { id, remainder, claims, token: sign(claims, jwtSecret) };
}

function sign(claims: string, secret: string): string {
  const signed = `${encode('{"alg":"HS256","typ":"JWT"}')}.${encode(claims)}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}

function encode(text: string): string {
  return Buffer.from(text).toString('base64url');
}
