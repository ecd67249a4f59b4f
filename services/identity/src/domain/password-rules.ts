/** bcrypt reads no byte beyond this one; the same bound holds for every algorithm, so that no hash limits a move. */
export const MAX_PASSWORD_BYTES = 72;

export interface PasswordRules {
  /** Characters, counted as code points. */
  readonly minLength: number;
  /** Of each entry at least one character must occur. */
  readonly requiredCharacters: readonly string[];
}

type WeakPasswordReason = 'length' | 'characters' | 'pwned';

export interface PasswordWeakness {
  readonly reasons: readonly WeakPasswordReason[];
  readonly message: string;
}

/** What a password that was found in a leak is told. */
export const LEAKED: PasswordWeakness = {
  reasons: ['pwned'],
  message: 'Password is known to be weak and easy to guess, please choose a different one.',
};

/** What the rules say against a password; null when nothing. */
export function findWeakness(password: string, rules: PasswordRules): PasswordWeakness | null {
  const characters = new Set(password);
  const isShort = Array.from(password).length < rules.minLength;
  const missing = rules.requiredCharacters.filter((set) => !Array.from(set).some((one) => characters.has(one)));
  if (!isShort && missing.length === 0) return null;
  const sentences = [
    ...(isShort ? [`Password should be at least ${rules.minLength} characters.`] : []),
    ...(missing.length > 0
      ? [`Password should contain at least one character of each: ${rules.requiredCharacters.join(', ')}.`]
      : []),
  ];
  return {
    reasons: [...(isShort ? (['length'] as const) : []), ...(missing.length > 0 ? (['characters'] as const) : [])],
    message: sentences.join(' '),
  };
}

export function isTooLong(password: string): boolean {
  return Buffer.byteLength(password) > MAX_PASSWORD_BYTES;
}
