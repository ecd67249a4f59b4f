import { createHmac, timingSafeEqual } from 'node:crypto';

/** As long as the keys of the hosted product live. */
const LIFETIME_YEARS = 10;
const SECONDS_PER_YEAR = 31_557_600;

export type LegacyRole = 'anon' | 'service_role';

/** A legacy key: a JWT that names a role and nobody, HS256 with the project's secret. */
export function signLegacyKey(role: LegacyRole, ref: string, jwtSecret: string, now: Date): string {
  const issuedAt = Math.floor(now.getTime() / 1000);
  const body = [
    { alg: 'HS256', typ: 'JWT' },
    { iss: 'ashlar', ref, role, iat: issuedAt, exp: issuedAt + LIFETIME_YEARS * SECONDS_PER_YEAR },
  ]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  return `${body}.${sign(body, jwtSecret).toString('base64url')}`;
}

/** The role a legacy key names (`none` without one), or null when it is not signed with the secret. */
export function legacyKeyRole(key: string, jwtSecret: string): string | null {
  const [header = '', payload = '', signature = ''] = key.split('.');
  const found = Buffer.from(signature, 'base64url');
  const wanted = sign(`${header}.${payload}`, jwtSecret);
  if (found.length !== wanted.length || !timingSafeEqual(found, wanted)) return null;
  const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString());
  const role = typeof claims === 'object' && claims !== null && 'role' in claims ? claims.role : undefined;
  return typeof role === 'string' ? role : 'none';
}

function sign(body: string, jwtSecret: string): Buffer {
  return createHmac('sha256', jwtSecret).update(body).digest();
}
