const UNIT_MS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
};
const PART = /(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h)/gy;
/** What Go's 64-bit nanoseconds hold, about 292 years: longer is refused, as the reference does. */
const MAX_DURATION_MS = 2 ** 63 / 1e6;

/**
 * Reads a duration as Go writes them (`24h`, `1h30m`), in milliseconds. `none` is 0 and lifts a ban.
 * Null when the text is no duration, is negative or is longer than 292 years.
 *
 * @see https://pkg.go.dev/time#ParseDuration
 */
export function parseBanDuration(text: string): number | null {
  if (text === 'none' || text === '0') return 0;
  let totalMs = 0;
  let end = 0;
  for (const part of text.matchAll(PART)) {
    totalMs += Number(part[1]) * (UNIT_MS[part[2] ?? ''] ?? Number.NaN);
    end = part.index + part[0].length;
  }
  return end > 0 && end === text.length && totalMs < MAX_DURATION_MS ? totalMs : null;
}
