import type { Observe } from '@ashlar/telemetry';
import type { Agent, Dispatcher } from 'undici';
import { createAllowList } from './allow-list.ts';
import { outboundErrors } from './outbound-errors.ts';
import { resolveAllowedHost, resolvePublicHost, type ResolveHost } from './resolve-host.ts';
import { vetUrl, type VettedUrl } from './vet-url.ts';
import { createVettedConnector, ownErrorIn, vettedAddresses, type VettedConnectorOptions } from './vetted-connector.ts';

export interface OutboundOptions {
  /** Private hosts, addresses and ranges that may be asked all the same, as `outbound-allow` says. */
  readonly allow?: readonly string[];
  readonly observe: Observe;
  /** PEM of authorities trusted besides the system's. */
  readonly ca?: readonly string[];
  /** How names outside of the allow list become addresses; default: the name servers. */
  readonly resolve?: ResolveHost;
}

export interface OutboundRequest {
  readonly url: string;
  readonly method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** Of the answer's body; default 1 MiB. */
  readonly maxBytes?: number;
  /** Whether a larger body is refused or read no further; default `refuse`. */
  readonly overflow?: 'refuse' | 'cut';
  /** From the first look at the name to the last byte; default 10 s. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  /** Whether a public host may be asked without TLS; hosts of the allow list always may. */
  readonly plainHttp?: boolean;
}

export interface OutboundResponse {
  readonly status: number;
  /** Names in lower case, repeated ones joined by `, `. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** The one way to ask an address somebody else chose. Safe to share; owns its connections. */
export interface Outbound {
  /**
   * Asks once, follows no redirect and decodes nothing.
   *
   * @throws {AshlarError} `outbound.url_invalid`, `outbound.address_refused`, `outbound.name_unknown`,
   *   `outbound.unreachable`, `outbound.timeout`, `outbound.too_large`. When `signal` aborts: its reason.
   */
  request(request: OutboundRequest): Promise<OutboundResponse>;
  /**
   * Judges an address as `request` would, and what its name resolves to now, without asking it. A name without an address
   * passes: it may get one, and is judged again then.
   *
   * @throws {AshlarError} `outbound.url_invalid`, `outbound.address_refused`.
   */
  vet(request: Pick<OutboundRequest, 'url' | 'plainHttp'>): Promise<void>;
  /** Whether the allow list names the host of this address, by its text alone. */
  isNamed(url: string): boolean;
  /**
   * What a host resolves to, for clients of other protocols: they connect to one of these addresses, never to the name,
   * which could mean another one by then.
   *
   * @throws {AshlarError} `outbound.address_refused`, `outbound.name_unknown`.
   */
  addresses(host: string, port: number): Promise<readonly string[]>;
  close(): Promise<void>;
}

const DEFAULT_MAX_BYTES = 1_048_576;
const DEFAULT_TIMEOUT_MS = 10_000;
const CONNECT_TIMEOUT_MS = 5_000;
const KEEP_ALIVE_MS = 4_000;
const MAX_CONNECTIONS_PER_ORIGIN = 32;
const MAX_HEADER_BYTES = 16_384;
/** What the client itself says about the connection and the body. */
const OWN_HEADERS: ReadonlySet<string> = new Set([
  'accept-encoding',
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** @throws {RangeError} When an entry of the allow list makes no sense. */
export function createOutbound({ allow = [], observe, ca = [], resolve }: OutboundOptions): Outbound {
  const allowList = createAllowList(allow);
  const closing = new AbortController();
  const vetting = {
    allow: allowList,
    resolvePublic: resolve ?? resolvePublicHost,
    resolveAllowed: resolveAllowedHost,
    connectTimeoutMs: CONNECT_TIMEOUT_MS,
    closing: closing.signal,
  };
  let client: Promise<Client> | undefined;
  return {
    async request(request) {
      const startedAt = performance.now();
      let host = URL.parse(request.url)?.hostname ?? '';
      try {
        const vetted = vetUrl(request.url, { allow: allowList, plainHttp: request.plainHttp ?? false });
        host = vetted.host;
        return await ask(await (client ??= openClient({ ...vetting, ca })), vetted, request);
      } catch (error) {
        const code = ownErrorIn(error)?.code ?? 'aborted';
        observe({ kind: 'outbound.failed', host, code, durationMs: performance.now() - startedAt });
        throw error;
      }
    },
    isNamed(url) {
      try {
        return vetUrl(url, { allow: allowList, plainHttp: false }).allowed;
      } catch {
        return false;
      }
    },
    async vet({ url, plainHttp = false }) {
      const { host, port } = vetUrl(url, { allow: allowList, plainHttp });
      try {
        await vettedAddresses(host, port, vetting);
      } catch (error) {
        if (ownErrorIn(error)?.code !== 'outbound.name_unknown') throw error;
      }
    },
    addresses: (host, port) => vettedAddresses(host.replace(/\.$/, '').toLowerCase(), port, vetting),
    async close() {
      closing.abort();
      await (await client)?.agent.destroy();
    },
  };
}

interface Client {
  readonly agent: Agent;
  readonly send: typeof import('undici').request;
}

/** The library is large, and a server may never ask anybody: it loads with the first request. */
async function openClient(options: VettedConnectorOptions): Promise<Client> {
  const { Agent, buildConnector, request } = await import('undici');
  const agent = new Agent({
    connect: createVettedConnector(options, buildConnector),
    connections: MAX_CONNECTIONS_PER_ORIGIN,
    keepAliveTimeout: KEEP_ALIVE_MS,
    keepAliveMaxTimeout: KEEP_ALIVE_MS,
    maxHeaderSize: MAX_HEADER_BYTES,
  });
  return { agent, send: request };
}

async function ask(
  { agent, send }: Client,
  { url, host }: VettedUrl,
  request: OutboundRequest,
): Promise<OutboundResponse> {
  const { timeoutMs = DEFAULT_TIMEOUT_MS, maxBytes = DEFAULT_MAX_BYTES, overflow = 'refuse' } = request;
  const deadline = AbortSignal.timeout(timeoutMs);
  const signal = request.signal === undefined ? deadline : AbortSignal.any([deadline, request.signal]);
  try {
    const sent = send(url, {
      dispatcher: agent,
      method: request.method ?? 'GET',
      headers: ownHeaders(request.headers ?? {}),
      signal,
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
      ...(request.body === undefined ? {} : { body: request.body }),
    });
    const answer = await orAborted(sent, signal);
    return {
      status: answer.statusCode,
      headers: flatten(answer.headers),
      body: await readBody(answer, host, maxBytes, overflow),
    };
  } catch (error) {
    const own = ownErrorIn(error);
    if (own !== null) throw own;
    if (request.signal?.aborted === true) throw request.signal.reason;
    if (deadline.aborted || isTimeout(error)) throw outboundErrors.timeout({ host, timeoutMs }, { cause: error });
    throw outboundErrors.unreachable({ host }, { cause: error });
  }
}

/** The client itself hears of an abort only once it is connected, which a slow name server can put off. */
function orAborted<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  return new Promise((resolve, reject) => {
    const giveUp = (): void => reject(signal.reason);
    if (signal.aborted) giveUp();
    signal.addEventListener('abort', giveUp, { once: true });
    work.then(resolve, reject);
  });
}

function ownHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  const kept = Object.entries(headers).filter(([name]) => !OWN_HEADERS.has(name.toLowerCase()));
  return { ...Object.fromEntries(kept), 'accept-encoding': 'identity' };
}

function flatten(headers: Dispatcher.ResponseData['headers']): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : (value ?? '')]),
  );
}

async function readBody(
  { body }: Dispatcher.ResponseData,
  host: string,
  maxBytes: number,
  overflow: 'refuse' | 'cut',
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  // Leaving the loop destroys the stream and with it the connection.
  for await (const chunk of body) {
    const bytes: Uint8Array = chunk;
    size += bytes.byteLength;
    if (size > maxBytes && overflow === 'refuse') throw outboundErrors.tooLarge({ host, maxBytes });
    chunks.push(bytes);
    if (size > maxBytes) break;
  }
  const all = Buffer.concat(chunks);
  return size > maxBytes ? all.subarray(0, maxBytes) : all;
}

function isTimeout(error: unknown): boolean {
  return (
    error instanceof Error && 'code' in error && /^UND_ERR_(?:HEADERS|BODY|CONNECT)_TIMEOUT$/.test(String(error.code))
  );
}
