/** A position in the write-ahead log, in bytes from its beginning. */
export type Lsn = bigint;

const HEX_DIGITS_LOW = 8;

/** As PostgreSQL writes it: `16/B374D848`. */
export function formatLsn(lsn: Lsn): string {
  const high = (lsn >> 32n).toString(16).toUpperCase();
  const low = (lsn & 0xff_ff_ff_ffn).toString(16).toUpperCase();
  return `${high}/${low}`;
}

/** @throws {RangeError} When the text is no position. */
export function parseLsn(text: string): Lsn {
  const match = /^([0-9A-F]{1,8})\/([0-9A-F]{1,8})$/i.exec(text);
  if (match === null) throw new RangeError(`A position in the log looks like 16/B374D848, got ${text.slice(0, 40)}`);
  const [, high = '', low = ''] = match;
  return BigInt(`0x${high}${low.padStart(HEX_DIGITS_LOW, '0')}`);
}
