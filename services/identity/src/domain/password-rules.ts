/** bcrypt reads no byte beyond this one; the same bound holds for every algorithm, so that no hash limits a move. */
export const MAX_PASSWORD_BYTES = 72;

export interface PasswordRules {
  /** Characters, counted as code points. */
  readonly minLength: number;
}

type WeakPasswordReason = 'length' | 'characters' | 'pwned';

export interface PasswordWeakness {
  readonly reasons: readonly WeakPasswordReason[];
  readonly message: string;
}

/** What the rules say against a password; null when nothing. */
export function findWeakness(password: string, rules: PasswordRules): PasswordWeakness | null {
  if (Array.from(password).length >= rules.minLength) return null;
  return { reasons: ['length'], message: `Password should be at least ${rules.minLength} characters.` };
}

export function isTooLong(password: string): boolean {
  return Buffer.byteLength(password) > MAX_PASSWORD_BYTES;
}
