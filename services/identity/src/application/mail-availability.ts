import type { IdentitySettings } from '../domain/settings.ts';
import type { Mailbox } from './mailbox.ts';

interface Parts {
  /** Catches what has no other way on a developer's machine. */
  readonly mailbox: Mailbox | null;
}

interface Visit {
  readonly settings: IdentitySettings;
}

/** Whether a mail would reach anybody. Calls that rest on one say so at once instead of leaving people waiting. */
export function canSendMail({ mailbox }: Parts, { settings: { mail, hooks } }: Visit): boolean {
  return hooks.sendEmail?.enabled === true || mail.smtp !== null || mail.http !== null || mailbox !== null;
}

/** The same of a text message. */
export function canSendSms({ mailbox }: Parts, { settings: { phone, hooks } }: Visit): boolean {
  return hooks.sendSms?.enabled === true || phone.twilio !== null || mailbox !== null;
}
