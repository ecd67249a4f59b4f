import { headersOf, type FinishedMail, type Receipt } from './finished-mail.ts';
import { postToProvider, type ProviderFetch } from './post-to-provider.ts';

/** A provider that speaks Resend's interface. */
export interface HttpMailProvider {
  readonly baseUrl: string;
  readonly apiKey: string;
}

/**
 * Sends a mail through a provider: `POST /emails`, one key per message.
 *
 * @param send For providers whose address somebody else chose; default: `fetch`.
 * @throws {DeliveryFailure}
 */
export async function sendMailByHttp(
  { baseUrl, apiKey }: HttpMailProvider,
  mail: FinishedMail,
  signal: AbortSignal,
  send?: ProviderFetch,
): Promise<Receipt> {
  return postToProvider({
    url: `${baseUrl.replace(/\/+$/, '')}/emails`,
    headers: {
      authorization: `Bearer ${apiKey}`,
      'content-type': 'application/json',
      'idempotency-key': mail.idempotencyKey,
    },
    body: JSON.stringify({
      from: mail.from.name === '' ? mail.from.address : `${quoted(mail.from.name)} <${mail.from.address}>`,
      to: [mail.to],
      ...(mail.replyTo === undefined ? {} : { reply_to: mail.replyTo }),
      subject: mail.subject,
      html: mail.html,
      text: mail.text,
      headers: { 'Message-ID': mail.messageId, ...headersOf(mail) },
    }),
    recipient: mail.to,
    signal,
    ...(send === undefined ? {} : { send }),
  });
}

/** A name as a quoted string, so that no sign in it begins an address. */
function quoted(name: string): string {
  return `"${name.replaceAll(/["\\]/g, (sign) => `\\${sign}`)}"`;
}
