import type { FactName, MailKind } from '../mail-data.ts';

/**
 * The words of one kind of mail. `{site}`, `{email}`, `{newEmail}` and `{organisation}` stand for values; no sentence
 * rests on a fact that may be absent.
 */
export interface MailText {
  readonly subject: string;
  readonly lead: string;
  /** What the button says; absent = there is nothing to do. */
  readonly action?: string;
  /** What to do when one did not expect the mail. */
  readonly note: string;
}

/** Everything mails say in one language. */
export interface MailTexts {
  readonly kinds: Readonly<Record<MailKind, MailText>>;
  /** Before the code, beside a button and alone. */
  readonly orCode: string;
  readonly code: string;
  /** Before the address the button leads to. */
  readonly address: string;
  /** With `{duration}`. */
  readonly expiry: string;
  /** With `{site}` and `{to}`. */
  readonly sentBy: string;
  readonly facts: Readonly<Record<FactName, string>>;
}
