import { type RoundingMode, roundQuotient } from './rounding.ts';

/**
 * An exact fraction: what lies between the figures one publishes. It is rounded once, at the end, so that no
 * published figure has been rounded twice.
 */
export class Rational {
  readonly numerator: bigint;
  /** Above zero, and without a common divisor with the numerator. */
  readonly denominator: bigint;

  private constructor(numerator: bigint, denominator: bigint) {
    this.numerator = numerator;
    this.denominator = denominator;
  }

  static readonly zero: Rational = new Rational(0n, 1n);
  static readonly one: Rational = new Rational(1n, 1n);

  /** @throws {RangeError} When the denominator is zero. */
  static of(numerator: bigint, denominator = 1n): Rational {
    if (denominator === 0n) throw new RangeError(`Cannot divide ${numerator} by zero`);
    const divisor = greatestCommonDivisor(numerator, denominator) * (denominator < 0n ? -1n : 1n);
    return new Rational(numerator / divisor, denominator / divisor);
  }

  static sum(parts: Iterable<Rational>): Rational {
    let total = Rational.zero;
    for (const part of parts) total = total.plus(part);
    return total;
  }

  plus(other: Rational): Rational {
    return Rational.of(
      this.numerator * other.denominator + other.numerator * this.denominator,
      this.denominator * other.denominator,
    );
  }

  minus(other: Rational): Rational {
    return this.plus(other.negated());
  }

  times(other: Rational | bigint): Rational {
    return typeof other === 'bigint'
      ? Rational.of(this.numerator * other, this.denominator)
      : Rational.of(this.numerator * other.numerator, this.denominator * other.denominator);
  }

  /** @throws {RangeError} When the other is zero. */
  dividedBy(other: Rational | bigint): Rational {
    return typeof other === 'bigint'
      ? Rational.of(this.numerator, this.denominator * other)
      : Rational.of(this.numerator * other.denominator, this.denominator * other.numerator);
  }

  negated(): Rational {
    return new Rational(-this.numerator, this.denominator);
  }

  /** Below zero, zero or above zero, as for a sort. */
  compare(other: Rational): number {
    const difference = this.numerator * other.denominator - other.numerator * this.denominator;
    return difference < 0n ? -1 : difference > 0n ? 1 : 0;
  }

  equals(other: Rational): boolean {
    return this.numerator === other.numerator && this.denominator === other.denominator;
  }

  isNegative(): boolean {
    return this.numerator < 0n;
  }

  /** The whole number below or equal. */
  floor(): bigint {
    const whole = this.numerator / this.denominator;
    return this.numerator < 0n && whole * this.denominator !== this.numerator ? whole - 1n : whole;
  }

  round(mode: RoundingMode = 'half_up'): bigint {
    return roundQuotient(this.numerator, this.denominator, mode);
  }
}

function greatestCommonDivisor(left: bigint, right: bigint): bigint {
  let [a, b] = [left < 0n ? -left : left, right < 0n ? -right : right];
  while (b !== 0n) [a, b] = [b, a % b];
  return a === 0n ? 1n : a;
}
