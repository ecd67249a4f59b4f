import { createHmac, timingSafeEqual } from 'node:crypto';
import { derivedKey } from '@ashlar/secrets';

/** Who ends what: the reader of a mail, whoever opens its link. */
export interface Unsubscription {
  readonly address: string;
  readonly userId: string | null;
  readonly category: string;
}

const MAX_TOKEN_LENGTH = 1_000;

/** What a link of a mail carries. It names one address and one category, and ends never: mails are kept for years. */
export function signUnsubscription(
  jwtSecret: string,
  ref: string,
  { address, userId, category }: Unsubscription,
): string {
  const body = Buffer.from(JSON.stringify([address, userId, category])).toString('base64url');
  return `${body}.${mac(jwtSecret, ref, body).toString('base64url')}`;
}

/** What a link stands for; null when it is none of this project's. */
export function readUnsubscription(jwtSecret: string, ref: string, token: string): Unsubscription | null {
  if (token.length > MAX_TOKEN_LENGTH) return null;
  const [body = '', given = '', ...more] = token.split('.');
  const wanted = mac(jwtSecret, ref, body);
  const bytes = Buffer.from(given, 'base64url');
  if (more.length > 0 || bytes.length !== wanted.length || !timingSafeEqual(bytes, wanted)) return null;
  // Safe: signed by the function above, which writes nothing else.
  const [address, userId, category] = JSON.parse(Buffer.from(body, 'base64url').toString()) as [
    string,
    string | null,
    string,
  ];
  return { address, userId, category };
}

function mac(jwtSecret: string, ref: string, body: string): Buffer {
  return createHmac('sha256', derivedKey(jwtSecret, 'unsubscribe links v1')).update(`${ref}.${body}`).digest();
}
