/** What a message is asked for; the least interval between two holds for each. */
export type GuardPurpose = 'signup' | 'otp' | 'recovery' | 'email_change' | 'reauthentication' | 'sms';

export interface MessageClaim {
  /** A hash of the address, or an account's id. */
  readonly subject: string;
  readonly purpose: GuardPurpose;
  readonly intervalSeconds: number;
  readonly at: Date;
}

/** Bounds on what strangers can do to an address, the same whether or not it has an account. */
export interface AddressGuardStore {
  /** Seconds still to wait before a message may be sent; 0 when it may, and from now on the next must wait. */
  claimMessage(claim: MessageClaim): Promise<number>;
  /** Wrong codes that came for the subject in the last day. Until the transaction ends other guesses wait. */
  lockGuesses(subject: string, at: Date): Promise<number>;
  countGuess(subject: string): Promise<void>;
  forgiveGuesses(subject: string): Promise<void>;
}
