import { BoundedCache } from '@ashlar/kernel';
import type { OutboundFetch } from '@ashlar/outbound';

const MAX_ISSUERS = 200;
const DISCOVERY_AGE_MS = 3_600_000;
const DISCOVERY_PATH = '/.well-known/openid-configuration';

interface Document {
  readonly text: string;
  readonly fetchedAt: number;
}

/** A fetch that remembers discovery documents, which issuers change once in years, and nothing else. */
export function rememberDiscovery(get: OutboundFetch, now: () => Date): OutboundFetch {
  const documents = new BoundedCache<string, Document>(MAX_ISSUERS);
  return async (url, init) => {
    if (init?.method !== 'GET' || !new URL(url).pathname.endsWith(DISCOVERY_PATH)) return get(url, init);
    const known = documents.get(url);
    if (known !== undefined && now().getTime() - known.fetchedAt < DISCOVERY_AGE_MS) return toResponse(known.text);
    const response = await get(url, init);
    if (response.status !== 200) return response;
    const text = await response.text();
    documents.set(url, { text, fetchedAt: now().getTime() });
    return toResponse(text);
  };
}

function toResponse(text: string): Response {
  return new Response(text, { status: 200, headers: { 'content-type': 'application/json' } });
}
