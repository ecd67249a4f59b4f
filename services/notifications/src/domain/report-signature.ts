import { createHmac, timingSafeEqual } from 'node:crypto';

/** Headers of a report, under either of the two names its signers use. */
export interface SignedHeaders {
  readonly id: string;
  readonly timestamp: string;
  readonly signature: string;
}

const TOLERANCE_SECONDS = 300;
const MAX_SIGNATURES = 10;

/**
 * Whether a report was signed with this secret within the last five minutes, as Standard Webhooks says (`webhook-…`);
 * providers that use Svix sign alike under `svix-…`.
 *
 * @param secret `whsec_` and base64, or the base64 alone.
 * @param now Milliseconds since the epoch.
 */
export function isSigned(
  secret: string,
  { id, timestamp, signature }: SignedHeaders,
  body: Buffer,
  now: number,
): boolean {
  const seconds = Number(timestamp);
  if (id === '' || !/^\d{1,12}$/.test(timestamp) || Math.abs(now / 1000 - seconds) > TOLERANCE_SECONDS) return false;
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  if (key.length < 16) return false;
  const wanted = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest();
  return signature
    .split(' ', MAX_SIGNATURES)
    .some((part) => part.startsWith('v1,') && isSame(Buffer.from(part.slice(3), 'base64'), wanted));
}

function isSame(given: Buffer, wanted: Buffer): boolean {
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}
