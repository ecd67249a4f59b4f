/** Changes of an account that wait for a word from a mailbox or a telephone. */
export interface PendingChangeStore {
  /** Notes the address asked for. Codes sent for another one are worth nothing from now on. */
  beginEmailChange(userId: string, newEmail: string, at: Date): Promise<void>;
  beginPhoneChange(userId: string, newPhone: string, at: Date): Promise<void>;
  /** Forgets that one half was confirmed; codes that are out stay good. */
  restartConfirmation(userId: string, at: Date): Promise<void>;
  /** Notes one of two confirmations; true when it was the first of them. */
  confirmHalf(userId: string, at: Date): Promise<boolean>;
  endEmailChange(userId: string, at: Date): Promise<void>;
  endPhoneChange(userId: string, at: Date): Promise<void>;
  markInvited(userId: string, at: Date): Promise<void>;
  /** When and how a session was begun; null when there is no such session. */
  proofOf(sessionId: string): Promise<SessionProof | null>;
}

export interface SessionProof {
  readonly createdAt: Date;
  readonly methods: readonly { readonly method: string; readonly at: Date }[];
}
