/** How deliveries are made and repeated. */
export interface DeliveryTerms {
  /** Pauses after the first, second … failed attempt; after the last of them a delivery has failed. */
  readonly retryAfterSeconds: readonly number[];
  /** Share of a pause by which it may be shorter or longer. */
  readonly jitter: number;
  /** The longest pause a receiver may ask for. */
  readonly longestRetryAfterSeconds: number;
  /** From the look at the name to the last byte of the answer. */
  readonly timeoutMs: number;
  /** After this long without a word a worker's deliveries are another one's. Longer than `timeoutMs`. */
  readonly leaseMs: number;
  /** Deliveries of a project that one process holds. */
  readonly perProject: number;
  /** Deliveries to one endpoint that are held by all processes. */
  readonly claimedPerEndpoint: number;
  /** Of those a process holds, so many are under way. */
  readonly perEndpoint: number;
  /** Attempts that fail in a row before an endpoint gets one at a time, with pauses. */
  readonly breakerAfter: number;
  /** First and longest pause of such an endpoint; each is twice the one before. */
  readonly pauseSeconds: { readonly first: number; readonly longest: number };
  /** An endpoint that failed for this long, and so many times, is disabled. */
  readonly disableAfter: { readonly days: number; readonly failures: number };
  /** Deliveries that are done are kept for so many days. */
  readonly keepDays: number;
}

const MINUTE = 60;
const HOUR = 3600;

/** Ten attempts within 75 hours and some. */
export const DEFAULT_TERMS: DeliveryTerms = {
  retryAfterSeconds: [5, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR],
  jitter: 0.2,
  longestRetryAfterSeconds: 24 * HOUR,
  timeoutMs: 15_000,
  leaseMs: 25_000,
  perProject: 256,
  claimedPerEndpoint: 128,
  perEndpoint: 32,
  breakerAfter: 5,
  pauseSeconds: { first: 1, longest: 5 * MINUTE },
  disableAfter: { days: 5, failures: 20 },
  keepDays: 14,
};

/**
 * Seconds until the next attempt, or null after the last.
 *
 * @param tries Attempts made, this one included.
 * @param retryAfterSeconds What the receiver asked for: it can make the pause longer, not shorter.
 * @param random From 0 to 1.
 */
export function nextPause(
  terms: Pick<DeliveryTerms, 'retryAfterSeconds' | 'jitter' | 'longestRetryAfterSeconds'>,
  tries: number,
  retryAfterSeconds: number | null,
  random: number,
): number | null {
  const planned = terms.retryAfterSeconds[tries - 1];
  if (planned === undefined) return null;
  const jittered = planned * (1 + terms.jitter * (2 * random - 1));
  return Math.max(jittered, Math.min(retryAfterSeconds ?? 0, terms.longestRetryAfterSeconds));
}

/** Seconds from now that a `Retry-After` header means; null when it says nothing sensible. */
export function readRetryAfter(value: string | undefined, now: Date): number | null {
  if (value === undefined || value.length > 64) return null;
  if (/^\d{1,9}$/.test(value.trim())) return Number(value);
  // A date has letters; what else the parser takes for one would be chance.
  const at = /^[A-Z][a-z]{2},/.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(at) ? null : Math.max(0, (at - now.getTime()) / 1000);
}
