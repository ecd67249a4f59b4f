import { DeliveryFailure, tellable } from './delivery-failure.ts';
import type { Receipt } from './finished-mail.ts';

/** As much of `fetch` as is used here. */
export type ProviderFetch = (
  url: string,
  init: {
    readonly method: 'POST';
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string | Uint8Array;
    readonly redirect: 'error';
    readonly signal: AbortSignal;
  },
) => Promise<Response>;

export interface ProviderRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
  /** Left out of what may be logged. */
  readonly recipient: string;
  readonly signal: AbortSignal;
  /** Default: `fetch`. */
  readonly send?: ProviderFetch;
}

const TIMEOUT_MS = 15_000;
const MAX_ANSWER_BYTES = 16_384;
/** Not this message's fault: who we are to the provider, how fast we ask, or a repeat that is still under way. */
const TEMPORARY: ReadonlySet<number> = new Set([401, 402, 403, 404, 408, 409, 425, 429]);

/**
 * Hands a message to a provider over HTTP.
 *
 * @throws {DeliveryFailure} Permanent when the provider refused the message itself.
 */
export async function postToProvider(request: ProviderRequest): Promise<Receipt> {
  const { recipient, send = plainFetch } = request;
  const signal = AbortSignal.any([request.signal, AbortSignal.timeout(TIMEOUT_MS)]);
  let status: number;
  let answer: string;
  try {
    const response = await send(request.url, {
      method: 'POST',
      headers: request.headers,
      body: request.body,
      // A redirect would take the credentials to somebody else.
      redirect: 'error',
      signal,
    });
    status = response.status;
    answer = await readStart(response);
  } catch (error) {
    throw new DeliveryFailure(`HTTP ${reasonOf(error)}`, recipient, { permanent: false, cause: error });
  }
  if (status >= 200 && status < 300)
    return { id: idIn(answer), answer: tellable(`HTTP ${status} ${answer}`, recipient) };
  const permanent = status >= 400 && status < 500 && !TEMPORARY.has(status);
  throw new DeliveryFailure(`HTTP ${status} ${answer}`, recipient, { permanent });
}

const plainFetch: ProviderFetch = (url, init) =>
  // The library's types want bytes of a plain buffer; ours never live in a shared one.
  fetch(url, { ...init, body: init.body as string | Uint8Array<ArrayBuffer> });

const MAX_ID_LENGTH = 200;

/** Resend calls it `id`, Twilio `sid`. */
function idIn(answer: string): string | null {
  try {
    const { id, sid } = JSON.parse(answer) as { readonly id?: unknown; readonly sid?: unknown };
    const name = id ?? sid;
    return typeof name === 'string' && name.length <= MAX_ID_LENGTH ? name : null;
  } catch {
    return null;
  }
}

/** Enough of the body to say what was wrong; the rest is not waited for. */
async function readStart({ body }: Response): Promise<string> {
  if (body === null) return '';
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of body) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > MAX_ANSWER_BYTES) break;
  }
  return text;
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  return cause instanceof Error ? `${error.message}: ${cause.message}` : error.message;
}
