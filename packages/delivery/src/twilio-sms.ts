import type { Receipt } from './finished-mail.ts';
import { postToProvider, type ProviderFetch } from './post-to-provider.ts';

export interface TwilioAccount {
  readonly accountSid: string;
  readonly authToken: string;
  readonly from: string;
  readonly baseUrl: string;
}

export interface OutgoingText {
  /** E.164 digits without `+`. */
  readonly to: string;
  readonly text: string;
  readonly channel: 'sms' | 'whatsapp';
}

/**
 * Sends a text message through an account at Twilio, or at another provider that speaks its interface.
 *
 * @param send As `sendMailByHttp` takes it.
 * @throws {DeliveryFailure}
 */
export async function sendSmsByTwilio(
  { accountSid, authToken, from, baseUrl }: TwilioAccount,
  sms: OutgoingText,
  signal: AbortSignal,
  send?: ProviderFetch,
): Promise<Receipt> {
  const prefix = sms.channel === 'whatsapp' ? 'whatsapp:' : '';
  const form = new URLSearchParams({ To: `${prefix}+${sms.to}`, Body: sms.text });
  // A sender is a number, or a service that picks one.
  if (/^MG[\da-f]{32}$/i.test(from)) form.set('MessagingServiceSid', from);
  else form.set('From', `${prefix}${from}`);
  return postToProvider({
    url: `${baseUrl.replace(/\/+$/, '')}/2010-04-01/Accounts/${encodeURIComponent(accountSid)}/Messages.json`,
    headers: {
      authorization: `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`,
      'content-type': 'application/x-www-form-urlencoded',
      accept: 'application/json',
    },
    body: form.toString(),
    recipient: sms.to,
    signal,
    ...(send === undefined ? {} : { send }),
  });
}
