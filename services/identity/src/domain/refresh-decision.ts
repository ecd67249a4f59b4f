import type { SessionBounds } from './session-bounds.ts';

/**
 * What may happen when a refresh token is presented. Rotation makes a stolen token show itself: a token that was
 * replaced and comes back means two parties hold it, so the whole family ends. Two cases are honest and common: two
 * tabs refreshing at once, and a client that never received the answer that carried the successor.
 *
 * @see https://datatracker.ietf.org/doc/html/rfc9700#section-4.14
 */
export type RefreshDecision =
  | { readonly kind: 'rotate' }
  /** Answer with the pair that is in force; nothing changes. */
  | { readonly kind: 'repeat-active' }
  | { readonly kind: 'revoke-family' }
  | { readonly kind: 'session-expired' }
  /** Within its time, but not used for too long. */
  | { readonly kind: 'session-inactive' }
  | { readonly kind: 'banned' };

export interface RefreshAttempt {
  readonly presented: { readonly hash: string; readonly revoked: boolean; readonly replacedAt: Date };
  /** The family's one token that is not revoked. */
  readonly active: { readonly hash: string; readonly parentHash: string | null } | null;
  /** The session ends here whatever happens; null = no such bound. */
  readonly sessionEndsAt: Date | null;
  readonly begunAt: Date;
  /** When the session was opened or last refreshed. */
  readonly usedAt: Date;
  readonly bannedUntil: Date | null;
}

export function decideRefresh(
  attempt: RefreshAttempt,
  bounds: SessionBounds,
  now: Date,
  reuseIntervalSeconds: number,
): RefreshDecision {
  const { presented, active, sessionEndsAt, bannedUntil } = attempt;
  if (bannedUntil !== null && bannedUntil > now) return { kind: 'banned' };
  if (sessionEndsAt !== null && sessionEndsAt <= now) return { kind: 'session-expired' };
  if (!isAfter(attempt.begunAt, bounds.begunAfter)) return { kind: 'session-expired' };
  if (!isAfter(attempt.usedAt, bounds.tokenUsedAfter)) return { kind: 'session-expired' };
  if (!isAfter(attempt.usedAt, bounds.usedAfter)) return { kind: 'session-inactive' };
  if (!presented.revoked) return { kind: 'rotate' };
  if (active === null) return { kind: 'revoke-family' };
  if (active.parentHash === presented.hash) return { kind: 'repeat-active' };
  const agedMs = now.getTime() - presented.replacedAt.getTime();
  return agedMs <= reuseIntervalSeconds * 1000 ? { kind: 'repeat-active' } : { kind: 'revoke-family' };
}

function isAfter(time: Date, bound: Date | null): boolean {
  return bound === null || time > bound;
}
