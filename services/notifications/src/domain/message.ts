import type { MailLocale } from '@ashlar/mail-templates';

export type Channel = 'mail' | 'sms' | 'push';

/** A message that was taken from the queue to be sent. */
export interface QueuedMessage {
  readonly id: string;
  readonly channel: Channel;
  readonly category: string;
  readonly userId: string | null;
  /** Address, number or id of a device; null = asked of the account. */
  readonly recipient: string | null;
  readonly template: string | null;
  readonly data: Readonly<Record<string, unknown>>;
  readonly subject: string | null;
  readonly html: string | null;
  readonly body: string | null;
  readonly locale: MailLocale | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly replyTo: string | null;
  /** This attempt's number, from 1. */
  readonly attempt: number;
  readonly replays: number;
  readonly createdAt: Date;
  readonly isTransactional: boolean;
  /** Whether the reader wants this channel, for messages to a user. */
  readonly isWanted: boolean;
  /** Why nothing may go to the recipient; null = it may, or there is no recipient yet. */
  readonly suppression: string | null;
}

/** How an attempt ended. */
export type Outcome =
  | { readonly kind: 'sent'; readonly answer: string; readonly providerId: string | null }
  | { readonly kind: 'failed' | 'suppressed'; readonly error: string }
  | { readonly kind: 'later'; readonly error: string; readonly retryAt: Date }
  /** Not tried after all: the process stops. */
  | { readonly kind: 'released' };

/** After the first attempt; doubles with each. With these figures the last attempt is some nine hours after the first. */
const FIRST_RETRY_MS = 30_000;
const LONGEST_RETRY_MS = 2 * 3_600_000;
export const MAX_ATTEMPTS = 12;

/** When to try again, ± 20 % so that what failed together does not come back together. null = no more. */
export function retryAt(attempt: number, now: Date, random: number): Date | null {
  if (attempt >= MAX_ATTEMPTS) return null;
  const fullMs = Math.min(FIRST_RETRY_MS * 2 ** (attempt - 1), LONGEST_RETRY_MS);
  return new Date(now.getTime() + Math.round(fullMs * (0.8 + random * 0.4)));
}
