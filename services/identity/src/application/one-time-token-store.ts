import type { CodeChallenge } from '../domain/code-challenge.ts';

export type OneTimeTokenType =
  | 'confirmation_token'
  | 'reauthentication_token'
  | 'recovery_token'
  | 'email_change_token_new'
  | 'email_change_token_current'
  | 'phone_change_token';

/** A secret that was sent to somebody and not used yet. */
export interface OneTimeToken {
  readonly id: string;
  readonly userId: string;
  readonly type: OneTimeTokenType;
  /** As it stands in the link. */
  readonly hash: string;
  /** Address or number it was sent to. */
  readonly address: string;
  readonly issuedAt: Date;
  readonly wrongTries: number;
  /** Confirmations the change takes; 1 for all that is no change of address. */
  readonly halves: 1 | 2;
  readonly challenge: CodeChallenge | null;
}

export type NewOneTimeToken = Omit<OneTimeToken, 'id' | 'wrongTries'>;

export interface OneTimeTokenStore {
  /** Replaces the user's token of this type. The columns of the account that mirror it follow. */
  keep(token: NewOneTimeToken): Promise<void>;
  findByHash(hash: string, types: readonly OneTimeTokenType[]): Promise<OneTimeToken | null>;
  /** Several accounts may wait for one address; the newest tokens come first, ten at most. */
  listByAddress(address: string, types: readonly OneTimeTokenType[]): Promise<readonly OneTimeToken[]>;
  /** Takes the token away; false when somebody else did, or another one replaced it. */
  take(token: OneTimeToken): Promise<boolean>;
  countWrongTry(tokens: readonly OneTimeToken[]): Promise<void>;
  forget(userId: string, types: readonly OneTimeTokenType[], at: Date): Promise<void>;
}
