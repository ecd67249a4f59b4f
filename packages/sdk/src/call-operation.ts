import type { OperationRoute } from './operations.ts';
import { clientProblem, type Problem, problemOf } from './problem.ts';
import { newKey, pauseBefore } from './retries.ts';

/** How one call is made. */
export interface CallOptions {
  /** Of a command: the same key with the same input is done once. Made by the client unless given. */
  readonly idempotencyKey?: string | undefined;
  /** Do everything, answer, and undo it. */
  readonly dryRun?: boolean | undefined;
  /** Id of the organisation to act for. */
  readonly organisation?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Attempts after the first one, on a lost connection or a refusal that is `retryable`. Default: that of the client, 2. */
  readonly retries?: number | undefined;
}

/** What came of a call: an answer or a problem, never both. */
export type CallResult<Output, Code extends string = string> =
  | {
      readonly data: Output;
      readonly error: null;
      /** The answer was remembered: an earlier call with this key had done it. */
      readonly replayed: boolean;
    }
  | { readonly data: null; readonly error: Problem<Code>; readonly replayed: false };

/** What every call of a client shares. */
export interface Transport {
  /** `https://…/api/v1`. */
  readonly baseUrl: string;
  readonly fetch: typeof globalThis.fetch;
  /** Asked before each attempt: tokens expire. */
  readonly headers: () => Promise<Readonly<Record<string, string>>>;
  readonly retries: number;
  readonly organisation: string | undefined;
}

const MAX_RETRIES = 10;

/** Calls a use case over HTTP. A command carries a key, so that an attempt whose answer was lost is not done twice. */
export async function callOperation(
  transport: Transport,
  suite: string,
  route: OperationRoute,
  input: Readonly<Record<string, unknown>>,
  options: CallOptions,
): Promise<CallResult<unknown>> {
  const { url, body } = addressOf(`${transport.baseUrl}/${suite}`, route, input);
  const { signal, dryRun, organisation = transport.organisation } = options;
  const isCommand = route.method !== 'GET';
  // What is undone again is not worth remembering.
  const key = options.idempotencyKey ?? (isCommand && dryRun !== true ? newKey() : undefined);
  const own = {
    ...(key === undefined ? {} : { 'idempotency-key': key }),
    ...(dryRun === true ? { 'ashlar-dry-run': 'true' } : {}),
    ...(organisation === undefined ? {} : { 'ashlar-organisation': organisation }),
    ...(body === null ? {} : { 'content-type': 'application/json' }),
  };
  const attempts = 1 + Math.min(Math.max(options.retries ?? transport.retries, 0), MAX_RETRIES);
  for (let attempt = 1; ; attempt += 1) {
    const result = await tryOnce(transport, url, own, {
      method: route.method,
      body,
      ...(signal === undefined ? {} : { signal }),
    });
    if (result.error === null || !result.error.retryable || attempt >= attempts) return result;
    if (!(await pauseBefore(attempt, result.retryAfter ?? null, signal))) return aborted(signal);
  }
}

type Attempt = CallResult<unknown> & { readonly retryAfter?: string | null };

async function tryOnce(
  transport: Transport,
  url: string,
  own: Readonly<Record<string, string>>,
  init: RequestInit,
): Promise<Attempt> {
  const signal = init.signal ?? undefined;
  try {
    const headers = { accept: 'application/json', ...(await transport.headers()), ...own };
    const response = await transport.fetch(url, { ...init, headers });
    if (!response.ok) {
      const error = await problemOf(response);
      return { data: null, error, replayed: false, retryAfter: response.headers.get('retry-after') };
    }
    const replayed = response.headers.get('idempotency-replayed') === 'true';
    return { data: await readAnswer(response), error: null, replayed };
  } catch (cause) {
    if (signal?.aborted === true) return aborted(signal);
    if (cause instanceof SyntaxError)
      return failed(clientProblem('sdk.unreadable', 'The answer is no JSON', { cause }));
    // Whether it was done is not known; with its key it can be asked for again.
    return failed(clientProblem('sdk.network', 'The server was not reached', { cause, retryable: true }));
  }
}

async function readAnswer(response: Response): Promise<unknown> {
  const text = await response.text();
  return text === '' ? null : (JSON.parse(text) as unknown);
}

function aborted(signal: AbortSignal | undefined): CallResult<unknown> {
  return failed(clientProblem('sdk.aborted', 'The call was given up', { cause: signal?.reason }));
}

function failed(error: Problem): CallResult<unknown> {
  return { data: null, error, replayed: false };
}

interface Address {
  readonly url: string;
  readonly body: string | null;
}

/** Members of the path go into it; the rest into the query or a JSON body. @throws {TypeError} When one of the path is missing. */
function addressOf(base: string, { path, rest }: OperationRoute, input: Readonly<Record<string, unknown>>): Address {
  const left = new Map(Object.entries(input));
  const filled = path.replaceAll(/\{(\w+)\}/g, (_braces, name: string) => {
    const value = left.get(name);
    left.delete(name);
    // An empty or dotted step would lead elsewhere.
    if (value === undefined || value === null || /^\.{0,2}$/.test(textOf(value))) {
      throw new TypeError(`The input names no ${name}`);
    }
    return encodeURIComponent(textOf(value));
  });
  if (rest === 'body')
    return { url: base + filled, body: left.size === 0 ? null : JSON.stringify(Object.fromEntries(left)) };
  const query = new URLSearchParams();
  for (const [name, value] of left) {
    for (const one of Array.isArray(value) ? (value as readonly unknown[]) : [value]) {
      if (one !== undefined) query.append(name, textOf(one));
    }
  }
  return { url: base + filled + (query.size === 0 ? '' : `?${query.toString()}`), body: null };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
