import autocannon from 'autocannon';

export interface LoadResult {
  /** Answers per second. */
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly failures: number;
}

export interface LoadRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface HttpLoadOptions {
  readonly url: string;
  readonly requests: readonly LoadRequest[];
  readonly connections: number;
  readonly seconds: number;
}

/** Sends the requests in turn over kept-alive connections, each waiting for its answer, for as long as told. */
export async function httpLoad({ url, requests, connections, seconds }: HttpLoadOptions): Promise<LoadResult> {
  const started = performance.now();
  const result = await autocannon({
    url,
    connections,
    duration: seconds,
    requests: requests.map(({ method, path, headers, body }) => ({
      method,
      path,
      headers: { ...headers },
      ...(body === undefined ? {} : { body }),
    })),
  });
  const elapsedSeconds = (performance.now() - started) / 1000;
  return {
    perSecond: result['2xx'] / Math.max(elapsedSeconds, seconds),
    p50Ms: result.latency.p50,
    p99Ms: result.latency.p99,
    failures: result.non2xx + result.errors + result.timeouts,
  };
}
