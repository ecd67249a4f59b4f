import { createHash } from 'node:crypto';
import { BoundedCache } from '@ashlar/kernel';
import type { Outbound } from '@ashlar/outbound';
import type { LeakedPasswords } from '../application/leaked-passwords.ts';

const PREFIX_DIGITS = 5;
const TIMEOUT_MS = 3000;
/** A range holds about 1,500 hashes of 40 bytes each, padded ones included. */
const MAX_RANGE_BYTES = 1_048_576;
/** Ranges kept: people try the next best password when one is refused. */
const MAX_RANGES = 32;
const RANGE_LIFE_MS = 3_600_000;

/**
 * Asks by k-anonymity prefix, as the service of Have I Been Pwned documents it: `GET <url>/<prefix>` answers lines of
 * `<suffix>:<count>`, padded with suffixes of count 0.
 *
 * @see https://haveibeenpwned.com/API/v3#PwnedPasswords
 */
export function createHttpLeakedPasswords(outbound: Outbound, now: () => Date): LeakedPasswords {
  const ranges = new BoundedCache<string, { readonly suffixes: ReadonlySet<string>; readonly until: number }>(
    MAX_RANGES,
  );

  async function range(url: string): Promise<ReadonlySet<string>> {
    const known = ranges.get(url);
    if (known !== undefined && known.until > now().getTime()) return known.suffixes;
    const suffixes = await fetchRange(outbound, url);
    ranges.set(url, { suffixes, until: now().getTime() + RANGE_LIFE_MS });
    return suffixes;
  }

  return {
    async includes(password, rangeUrl) {
      const digest = createHash('sha1').update(password).digest('hex').toUpperCase();
      const url = `${rangeUrl.replace(/\/$/, '')}/${digest.slice(0, PREFIX_DIGITS)}`;
      return (await range(url)).has(digest.slice(PREFIX_DIGITS));
    },
  };
}

async function fetchRange(outbound: Outbound, url: string): Promise<ReadonlySet<string>> {
  const { status, body } = await outbound.request({
    url,
    headers: { 'add-padding': 'true', 'user-agent': 'ashlar' },
    maxBytes: MAX_RANGE_BYTES,
    timeoutMs: TIMEOUT_MS,
  });
  if (status !== 200) throw new Error(`the set of leaked passwords answered ${status}, wanted 200`);
  const suffixes = new Set<string>();
  for (const line of Buffer.from(body).toString('latin1').split('\n')) {
    const [suffix = '', count = ''] = line.trim().split(':');
    if (suffix !== '' && count !== '0') suffixes.add(suffix.toUpperCase());
  }
  return suffixes;
}
