import type { MailData, MailKind } from '@ashlar/mail-templates';

/** A mail with all that its template may say; rendered when it is delivered, not when it is asked for. */
export interface OutgoingMail {
  readonly kind: 'mail';
  readonly template: MailKind;
  /** Address it goes to. */
  readonly to: string;
  readonly userId: string | null;
  /** Of the reader, such as `ar`; null = the project's default. */
  readonly locale: string | null;
  readonly data: MailData;
  /** ISO 8601: what the mail holds is worth nothing after it; absent = by the kind of mail. */
  readonly expiresAt?: string;
  /** One of the two mails of a change of address that both mailboxes confirm. */
  readonly half?: MailHalf;
}

/** A hook is called once for both mails, so the one to the new address knows the secret of the other. */
export type MailHalf =
  | { readonly mailbox: 'current' }
  | { readonly mailbox: 'new'; readonly current: { readonly token: string; readonly tokenHash: string } };

export interface OutgoingSms {
  readonly kind: 'sms';
  /** E.164 digits without `+`. */
  readonly to: string;
  readonly userId: string | null;
  readonly channel: 'sms' | 'whatsapp';
  readonly text: string;
  /** The code in the text, for a hook that sends it by itself. */
  readonly code: string;
}

export type OutgoingMessage = OutgoingMail | OutgoingSms;

/** Messages of the transaction: they leave when it commits and never when it does not. */
export interface Outbox {
  add(message: OutgoingMessage, at: Date): Promise<void>;
  /**
   * Counts a message that is asked for but has no account to go to. Otherwise the project's limit, once it is reached,
   * would tell the addresses that have one.
   */
  countUnsent(kind: OutgoingMessage['kind'], at: Date): void;
}
