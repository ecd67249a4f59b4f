import type { Factor } from '../domain/user.ts';
import type { Visit } from './visit.ts';

/** An answer to a second factor, right or wrong, on which somebody else may have a word. */
export interface VerificationAttempt {
  readonly userId: string;
  readonly factorId: string;
  readonly factorType: Factor['type'];
  readonly valid: boolean;
}

export type VerificationDecision =
  | { readonly decision: 'continue' }
  /** The attempt fails and every session of the user ends. */
  | { readonly decision: 'reject'; readonly message: string };

/** Asked outside of any transaction. */
export type AskVerificationHook = (visit: Visit, attempt: VerificationAttempt) => Promise<VerificationDecision>;
