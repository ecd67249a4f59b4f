import { createHash } from 'node:crypto';

/** Of the fields every message may have beside its members. */
export const NULLS_FIELD = 1;
export const EMPTIES_FIELD = 2;

/** Up to 15 are ours, and for members numbered by hand. Three bytes hold a tag of up to 18 bits. */
const FIRST = 16;
const END = 2 ** 18;
/** What Protocol Buffers keep for themselves. */
const RESERVED = { first: 19_000, end: 20_000 };

/**
 * The number of a member in its message, from its name alone. So it stays when members are added, taken away or put in
 * another order, without a list somebody has to keep; a member of another name is another field, as it is in JSON.
 */
export function fieldNumber(member: string): number {
  const hash = createHash('sha256').update(member).digest().readUInt32BE(0);
  const number = FIRST + (hash % (END - FIRST - (RESERVED.end - RESERVED.first)));
  return number < RESERVED.first ? number : number + (RESERVED.end - RESERVED.first);
}
