/**
 * `half_up`: halves away from zero, the default. `half_even`: halves to the even neighbour, where a jurisdiction
 * asks for it. `down`: towards zero. `up`: away from zero.
 */
export type RoundingMode = 'half_up' | 'half_even' | 'down' | 'up';

/**
 * The whole number nearest to `numerator ÷ denominator`.
 *
 * @param denominator Greater than zero.
 */
export function roundQuotient(numerator: bigint, denominator: bigint, mode: RoundingMode = 'half_up'): bigint {
  if (denominator <= 0n) throw new RangeError(`Expected a denominator above zero, got ${denominator}`);
  const whole = numerator / denominator;
  const rest = numerator % denominator;
  if (rest === 0n) return whole;
  const away = numerator < 0n ? -1n : 1n;
  return roundsAway(whole, rest < 0n ? -rest : rest, denominator, mode) ? whole + away : whole;
}

function roundsAway(whole: bigint, rest: bigint, denominator: bigint, mode: RoundingMode): boolean {
  const twice = rest * 2n;
  switch (mode) {
    case 'down':
      return false;
    case 'up':
      return true;
    case 'half_up':
      return twice >= denominator;
    case 'half_even':
      return twice > denominator || (twice === denominator && whole % 2n !== 0n);
  }
}
