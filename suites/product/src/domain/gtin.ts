/** Kinds of codes, and how many digits those of GS1 have. */
const LENGTHS: Readonly<Record<string, number>> = { ean13: 13, ean8: 8, upca: 12, itf14: 14, internal: 13 };

/** What a code has to begin with to be one of the organisation's own: GS1 leaves these to shops. */
const INTERNAL_PREFIX = '2';

/** The last digit of a trade item number: counted from the right, every other digit weighs three. */
export function checkDigit(digits: string): number {
  const sum = Array.from(digits)
    .toReversed()
    .reduce((total, digit, place) => total + Number(digit) * (place % 2 === 0 ? 3 : 1), 0);
  return (10 - (sum % 10)) % 10;
}

/** Whether a code is what its symbology says; those without a check digit always are. */
export function isValidCode(code: string, symbology: string): boolean {
  const length = LENGTHS[symbology];
  if (length === undefined) return true;
  if (code.length !== length || !/^\d+$/.test(code)) return false;
  if (symbology === 'internal' && !code.startsWith(INTERNAL_PREFIX)) return false;
  return checkDigit(code.slice(0, -1)) === Number(code.at(-1));
}

/** The organisation's n-th own code: 13 digits any scanner reads, beginning with 2. */
export function internalCode(n: bigint): string {
  const digits = `${INTERNAL_PREFIX}${n.toString().padStart(11, '0')}`;
  return `${digits}${checkDigit(digits)}`;
}
