import type { BrandedId, BrandedIdSchema } from '../branded-id.ts';

export interface IdSource {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** So many random bytes. */
  readonly random: (bytes: number) => Uint8Array;
}

/** The largest number the 12 bits after the time hold. */
const MOST_PER_MILLISECOND = 0xf_ff;

/**
 * Makes UUIDs of version 7. Those of one maker ascend, also within a millisecond and when the clock steps back: the
 * 12 bits after the time count.
 *
 * @example const newId = createIds({ now: Date.now, random: randomBytes }); newId(OrderId);
 */
export function createIds({
  now,
  random,
}: IdSource): <Name extends string>(schema: BrandedIdSchema<Name>) => BrandedId<Name> {
  let last = 0;
  let count = 0;
  return <Name extends string>() => {
    const time = Math.max(now(), last);
    count = time === last ? count + 1 : 0;
    // A full millisecond goes on in the next, rather than back.
    last = count > MOST_PER_MILLISECOND ? time + 1 : time;
    if (count > MOST_PER_MILLISECOND) count = 0;
    const tail = [...random(8)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
    const variant = ((Number.parseInt(tail.slice(0, 2), 16) & 0x3f) | 0x80).toString(16);
    const head = last.toString(16).padStart(12, '0');
    const counted = count.toString(16).padStart(3, '0');
    // Written in the form of a UUID just now.
    return `${head.slice(0, 8)}-${head.slice(8)}-7${counted}-${variant}${tail.slice(2, 4)}-${tail.slice(4)}` as BrandedId<Name>;
  };
}
