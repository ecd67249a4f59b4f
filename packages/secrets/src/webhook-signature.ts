import { createHmac, randomBytes } from 'node:crypto';

/** Some settings name the version in front. */
const PREFIX = /^(?:v1,)?whsec_/;
const SECRET_BYTES = 32;

/** A secret to sign with, as receivers' libraries take it. */
export function newWebhookSecret(): string {
  return `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`;
}

/**
 * The headers by which a receiver knows that a request is ours and new.
 *
 * @param secrets `whsec_<base64>`; several while one replaces another: all of them sign. Other texts are passed over.
 * @param id The same for every attempt at one message.
 * @see https://www.standardwebhooks.com
 */
export function webhookSignature(
  secrets: readonly string[],
  id: string,
  at: Date,
  body: string,
): Readonly<Record<string, string>> {
  const timestamp = String(Math.floor(at.getTime() / 1000));
  const signatures = secrets
    .filter((secret) => PREFIX.test(secret))
    .map((secret) => createHmac('sha256', Buffer.from(secret.replace(PREFIX, ''), 'base64')))
    .map((mac) => `v1,${mac.update(`${id}.${timestamp}.${body}`).digest('base64')}`);
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    ...(signatures.length === 0 ? {} : { 'webhook-signature': signatures.join(' ') }),
  };
}
