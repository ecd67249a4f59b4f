import type { CodeChallenge } from '../domain/code-challenge.ts';
import type { Contact } from '../domain/contact.ts';
import { issueSecret } from './issue-secret.ts';
import type { OneTimeTokenType } from './one-time-token-store.ts';
import type { MailKind } from '@ashlar/mail-templates';
import { sendCodeBySms, sendSecretMail, type Recipient, type SmsChannel } from './send-message.ts';
import type { Stores } from './stores.ts';
import type { Visit } from './visit.ts';

/** What a mailed secret is for; also the `type` of its link. */
export type MailedPurpose = 'signup' | 'invite' | 'magiclink' | 'recovery';

export const MAILED: Readonly<
  Record<MailedPurpose, { readonly tokenType: OneTimeTokenType; readonly template: MailKind }>
> = {
  signup: { tokenType: 'confirmation_token', template: 'confirmation' },
  invite: { tokenType: 'confirmation_token', template: 'invite' },
  magiclink: { tokenType: 'recovery_token', template: 'magic_link' },
  recovery: { tokenType: 'recovery_token', template: 'recovery' },
};

/** How the caller of a flow wants to be answered. */
export interface Wishes {
  /** Begins the PKCE flow; null = the implicit one. */
  readonly challenge: CodeChallenge | null;
  /** Where a link leads in the end; already held against the allow-list. */
  readonly redirectTo: string;
  readonly channel: SmsChannel;
}

/** Sends the user a secret that proves this address or number theirs. */
export async function sendSecret(
  stores: Stores,
  visit: Visit,
  user: Recipient,
  contact: Contact,
  purpose: MailedPurpose,
  { challenge, redirectTo, channel }: Wishes,
  at: Date,
): Promise<void> {
  const userId = user.id;
  if (contact.kind === 'phone') {
    const { code } = await issueSecret(stores, visit, {
      userId,
      type: 'confirmation_token',
      contact,
      challenge: null,
      at,
    });
    await sendCodeBySms(stores, visit, { userId, phone: contact.value, code, channel, at });
    return;
  }
  const { tokenType, template } = MAILED[purpose];
  const secret = await issueSecret(stores, visit, { userId, type: tokenType, contact, challenge, at });
  const to = contact.value;
  await sendSecretMail(stores, visit, { template, user, to, secret, linkType: purpose, redirectTo, at });
}
