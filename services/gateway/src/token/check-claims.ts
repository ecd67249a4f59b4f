import type { Claims, Refusal } from '@ashlar/service';

/** Seconds two clocks may differ, as PostgREST allows. */
export const CLOCK_SKEW_SECONDS = 30;

/**
 * The registered claims, in PostgREST's order and words. `aud` is checked for its form only.
 *
 * @param nowSeconds Since the epoch.
 */
export function checkClaims(claims: Claims, nowSeconds: number): Refusal | null {
  for (const name of ['exp', 'nbf', 'iat']) {
    const value = claims[name];
    if (value !== undefined && !(typeof value === 'number' && Number.isFinite(value))) {
      return { reason: 'token-claims', message: `The JWT '${name}' claim must be a number` };
    }
  }
  if (!isAudience(claims['aud'])) {
    return { reason: 'token-claims', message: "The JWT 'aud' claim must be a string or an array of strings" };
  }
  const { exp, nbf, iat } = timesOf(claims);
  if (nowSeconds > exp + CLOCK_SKEW_SECONDS) return { reason: 'token-expired', message: 'JWT expired' };
  if (nowSeconds + CLOCK_SKEW_SECONDS < nbf) return { reason: 'token-not-yet-valid', message: 'JWT not yet valid' };
  if (nowSeconds + CLOCK_SKEW_SECONDS < iat) {
    return { reason: 'token-issued-in-future', message: 'JWT issued at future' };
  }
  return null;
}

/** Seconds since the epoch; absent claims are the ends of time. */
export function timesOf(claims: Claims): { readonly exp: number; readonly nbf: number; readonly iat: number } {
  return {
    exp: numberOr(claims['exp'], Number.POSITIVE_INFINITY),
    nbf: numberOr(claims['nbf'], Number.NEGATIVE_INFINITY),
    iat: numberOr(claims['iat'], Number.NEGATIVE_INFINITY),
  };
}

function numberOr(value: unknown, absent: number): number {
  return typeof value === 'number' ? value : absent;
}

function isAudience(aud: unknown): boolean {
  if (aud === undefined || aud === null || typeof aud === 'string') return true;
  return Array.isArray(aud) && aud.every((one) => typeof one === 'string');
}
