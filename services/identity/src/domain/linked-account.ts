import type { ExternalProfile } from './external-profile.ts';
import type { User } from './user.ts';

/** Whose account a person from a provider comes to. */
export type AccountDecision =
  | { readonly kind: 'sign-in'; readonly user: User }
  /** The same proven address: the identity joins the account. */
  | { readonly kind: 'link'; readonly user: User }
  /** As before, but nobody has proven the account to be theirs: what it holds so far is dropped. */
  | { readonly kind: 'take-over'; readonly user: User }
  | { readonly kind: 'create'; readonly email: string | null; readonly confirmed: boolean }
  | { readonly kind: 'refuse'; readonly reason: 'email-missing' | 'email-unverified' };

interface Situation {
  readonly profile: ExternalProfile;
  /** Who has the identity already. */
  readonly known: User | null;
  /** Who has the address the provider tells. */
  readonly holder: User | null;
  readonly emailOptional: boolean;
  /** Addresses count as confirmed without proof. */
  readonly autoconfirm: boolean;
}

/**
 * An address joins accounts only when both sides have proven it. A provider that lets people write down any address
 * would otherwise open the account of whoever has it, and an account made in advance with somebody else's address
 * would be waiting for them.
 */
export function decideAccount({ profile, known, holder, emailOptional, autoconfirm }: Situation): AccountDecision {
  const { email } = profile;
  if (known !== null) return decideKnown(known, profile);
  if (email === null) {
    return emailOptional
      ? { kind: 'create', email: null, confirmed: false }
      : { kind: 'refuse', reason: 'email-missing' };
  }
  if (email.verified) {
    if (holder === null) return { kind: 'create', email: email.address, confirmed: true };
    return { kind: isProven(holder) ? 'link' : 'take-over', user: holder };
  }
  if (autoconfirm && holder === null) return { kind: 'create', email: email.address, confirmed: true };
  // From here on the answer is the same whether or not somebody has the address, so that it cannot be probed.
  if (emailOptional) return { kind: 'create', email: null, confirmed: false };
  return { kind: 'refuse', reason: 'email-unverified' };
}

/** An account waiting for the confirmation of its address is opened by a provider that proves this very address. */
function decideKnown(user: User, { email }: ExternalProfile): AccountDecision {
  if (isProven(user) || user.email === null) return { kind: 'sign-in', user };
  if (email !== null && email.verified && email.address === user.email.toLowerCase())
    return { kind: 'take-over', user };
  return { kind: 'refuse', reason: 'email-unverified' };
}

function isProven(user: User): boolean {
  return user.emailConfirmedAt !== null || user.phoneConfirmedAt !== null;
}
