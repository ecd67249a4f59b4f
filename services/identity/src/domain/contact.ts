/** Where a person is reached: an address as `normaliseEmail` gives it, or the digits of a number. */
export interface Contact {
  readonly kind: 'email' | 'phone';
  readonly value: string;
}

/** Tells a stored address from a stored number, which is digits alone. */
export function contactOf(value: string): Contact {
  return { kind: value.includes('@') ? 'email' : 'phone', value };
}
