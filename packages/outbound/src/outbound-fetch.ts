import { outboundErrors } from './outbound-errors.ts';
import type { Outbound, OutboundRequest } from './outbound.ts';

/** As much of `fetch` as libraries that let one bring their own use. */
export type OutboundFetch = (
  url: string,
  init?: {
    readonly method?: string;
    readonly headers?: Headers | Readonly<Record<string, string>>;
    readonly body?: unknown;
    readonly signal?: AbortSignal | null;
  },
) => Promise<Response>;

type Method = NonNullable<OutboundRequest['method']>;
const METHODS: readonly string[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] satisfies readonly Method[];
/** Statuses whose responses may have no body. */
const WITHOUT_BODY: ReadonlySet<number> = new Set([101, 204, 205, 304]);

/** The outbound client in the shape of `fetch`, with the bounds given here for every call. */
export function outboundFetch(
  outbound: Outbound,
  bounds: Pick<OutboundRequest, 'maxBytes' | 'timeoutMs'> = {},
): OutboundFetch {
  return async (url, { method = 'GET', headers = {}, body, signal } = {}) => {
    if (!METHODS.includes(method)) throw outboundErrors.urlInvalid({ reason: `the method ${method} is not offered` });
    const answer = await outbound.request({
      ...bounds,
      url,
      // Checked against the list above.
      method: method as Method,
      headers: headers instanceof Headers ? Object.fromEntries(headers) : headers,
      ...(body === undefined || body === null ? {} : { body: toBody(body) }),
      ...(signal === undefined || signal === null ? {} : { signal }),
    });
    const hasBody = !WITHOUT_BODY.has(answer.status) && answer.status >= 200;
    // Response wants bytes of a plain buffer; ours never live in a shared one.
    const bytes = hasBody ? (answer.body as Uint8Array<ArrayBuffer>) : null;
    return new Response(bytes, { status: Math.max(answer.status, 200), headers: answer.headers });
  };
}

function toBody(body: unknown): string | Uint8Array {
  if (typeof body === 'string' || body instanceof Uint8Array) return body;
  if (body instanceof URLSearchParams) return body.toString();
  if (body instanceof ArrayBuffer) return new Uint8Array(body);
  throw new TypeError('A request body must be text, bytes or form parameters');
}
