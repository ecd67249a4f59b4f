/** A mail with nothing left to decide. */
export interface FinishedMail {
  readonly from: Mailbox;
  readonly to: string;
  /** One line. */
  readonly subject: string;
  readonly html: string;
  readonly text: string;
  /** The same in every attempt, so that receivers can tell a repeat: `<…@domain>`. */
  readonly messageId: string;
  readonly idempotencyKey: string;
  readonly date: Date;
  readonly locale: string;
  readonly replyTo?: string;
  /** Further headers, checked by `faultOfHeaders` or made by the platform. */
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Mailbox {
  readonly name: string;
  readonly address: string;
}

/** What the other side said when it took a message. */
export interface Receipt {
  /** The provider's name for it, by which its later reports call it; null = it gave none. */
  readonly id: string | null;
  /** Its answer, cut short and without the address the message was for. */
  readonly answer: string;
}

/** Hands a mail to a server or provider. @throws {DeliveryFailure} */
export type SendMail<Way> = (way: Way, mail: FinishedMail, signal: AbortSignal) => Promise<Receipt>;

/** Headers every mail of ours has. Nobody's absence notice should answer a mail that a machine wrote. */
export function headersOf({ locale, headers }: FinishedMail): Readonly<Record<string, string>> {
  return { ...headers, 'Content-Language': locale, 'Auto-Submitted': 'auto-generated' };
}
