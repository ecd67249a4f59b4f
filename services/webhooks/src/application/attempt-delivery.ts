import { AshlarError } from '@ashlar/kernel';
import type { Outbound } from '@ashlar/outbound';
import { webhookSignature } from '@ashlar/secrets';
import { type DeliveryTerms, nextPause, readRetryAfter } from '../domain/retry-schedule.ts';
import { webhookErrors } from '../domain/webhook-errors.ts';
import type { Attempt, Claimed, Result } from './claimed.ts';

export interface AttemptParts {
  readonly outbound: Outbound;
  readonly terms: DeliveryTerms;
  readonly now: () => Date;
  /** Ends attempts under way when the process stops. */
  readonly closing: AbortSignal;
}

const USER_AGENT = 'Ashlar-Webhooks/1';
const KEPT_BODY_BYTES = 16_384;
const MAX_KEPT_HEADERS = 50;
const MAX_KEPT_HEADER = 1_024;
const GONE = 410;

/** Makes one attempt. @returns null when the process stops: the delivery is then made elsewhere or later. */
export async function attemptDelivery(parts: AttemptParts, delivery: Claimed): Promise<Result | null> {
  const { outbound, terms, now, closing } = parts;
  const { receiver, body } = delivery;
  const at = now();
  const startedAt = performance.now();
  const headers = headersOf(delivery, at);
  let answer: Pick<Attempt, 'status' | 'error' | 'responseHeaders' | 'responseBody' | 'retryAfterSeconds'>;
  try {
    if (receiver.isBroken) throw webhookErrors.secretsSealed();
    const response = await outbound.request({
      url: receiver.url,
      method: 'POST',
      headers: { ...receiver.headers, ...headers },
      body,
      timeoutMs: terms.timeoutMs,
      maxBytes: KEPT_BODY_BYTES,
      overflow: 'cut',
      signal: closing,
    });
    answer = {
      status: response.status,
      error: faultOf(response.status),
      responseHeaders: keptHeaders(response.headers),
      responseBody: keptBody(response.body),
      retryAfterSeconds: readRetryAfter(response.headers['retry-after'], at),
    };
  } catch (error) {
    if (closing.aborted) return null;
    const reason = error instanceof AshlarError ? `${error.code}: ${error.message}` : 'the request failed';
    answer = { status: null, error: reason, responseHeaders: null, responseBody: null, retryAfterSeconds: null };
  }
  const durationMs = Math.round(performance.now() - startedAt);
  const masked = Object.fromEntries(Object.keys(receiver.headers).map((name) => [name, '•••']));
  const attempt = { at, durationMs, requestHeaders: { ...masked, ...headers }, ...answer };
  return { delivery, attempt, next: nextOf(attempt, delivery, terms) };
}

function headersOf({ receiver, eventId, body }: Claimed, at: Date): Readonly<Record<string, string>> {
  const secrets = receiver.secrets
    .filter(({ expiresAt }) => expiresAt === null || expiresAt > at)
    .map(({ secret }) => secret);
  return {
    'content-type': receiver.headers['content-type'] ?? 'application/json',
    'user-agent': USER_AGENT,
    ...webhookSignature(secrets, eventId, at, body),
  };
}

function faultOf(status: number): string | null {
  if (status >= 200 && status < 300) return null;
  return status >= 300 && status < 400 ? `redirects are not followed (${status})` : `answered ${status}`;
}

function nextOf(attempt: Attempt, { tries }: Claimed, terms: DeliveryTerms): Result['next'] {
  if (attempt.error === null) return 'delivered';
  if (attempt.status === GONE) return 'failed';
  const pause = nextPause(terms, tries + 1, attempt.retryAfterSeconds, Math.random());
  return pause === null ? 'failed' : { inSeconds: pause };
}

function keptHeaders(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const kept = Object.entries(headers).slice(0, MAX_KEPT_HEADERS);
  return Object.fromEntries(kept.map(([name, value]) => [storable(name), storable(value.slice(0, MAX_KEPT_HEADER))]));
}

function keptBody(body: Uint8Array): string {
  return storable(Buffer.from(body).toString('utf8'));
}

/** PostgreSQL's text has no zero character. */
function storable(text: string): string {
  return text.replaceAll('\0', '\uFFFD').toWellFormed();
}
