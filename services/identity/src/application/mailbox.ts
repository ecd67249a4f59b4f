/** A message as a developer's mailbox shows it. */
export interface CaughtMessage {
  readonly id: string;
  readonly kind: 'mail' | 'sms';
  readonly template: string;
  readonly to: string;
  /** Of a mail, as its header would say it; empty for a text message. */
  readonly from: string;
  readonly subject: string;
  readonly html: string;
  readonly text: string;
  /** ISO 8601. */
  readonly caughtAt: string;
}

/** Keeps messages instead of sending them: the youngest of each project, for as long as the process lives. */
export interface Mailbox {
  keep(ref: string, message: Omit<CaughtMessage, 'id'>): void;
  /** Youngest first; of one address when it is given, in any letter case. */
  list(ref: string, to?: string): readonly CaughtMessage[];
  find(ref: string, id: string): CaughtMessage | undefined;
  clear(ref: string): void;
}
