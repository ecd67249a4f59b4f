import autocannon from 'autocannon';

export interface LoadResult {
  /** Answers per second. */
  readonly perSecond: number;
  readonly elapsedSeconds: number;
  readonly p50Ms: number;
  /** Of answers of status 2xx. */
  readonly p99Ms: number;
  /** Answers of another status, and requests without any. */
  readonly failures: number;
  readonly byStatus: ReadonlyMap<number, number>;
  /** Answers of status 503 that do not say when to come again. */
  readonly withoutRetryAfter: number;
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
  /** Requests per second over all connections; without it each sends the next as soon as it has its answer. */
  readonly rate?: number;
}

interface AnswerHead {
  readonly statusCode: number;
  /** Names and values in turn, as they came. */
  readonly headers: readonly string[];
}

/** Sends the requests in turn over kept-alive connections, each waiting for its answer, for as long as told. */
export async function httpLoad({ url, requests, connections, seconds, rate }: HttpLoadOptions): Promise<LoadResult> {
  const started = performance.now();
  let withoutRetryAfter = 0;
  const result = await autocannon({
    url,
    connections,
    duration: seconds,
    excludeErrorStats: true,
    ...(rate === undefined ? {} : { overallRate: rate, ignoreCoordinatedOmission: true }),
    setupClient: (client) => {
      // Its types name the headers alone; what the parser hands over is the whole head.
      const answers: NodeJS.EventEmitter = client;
      answers.on('headers', ({ statusCode, headers }: AnswerHead) => {
        if (statusCode === 503 && !headers.some(isRetryAfter)) withoutRetryAfter += 1;
      });
    },
    requests: requests.map(({ method, path, headers, body }) => ({
      method,
      path,
      headers: { ...headers },
      ...(body === undefined ? {} : { body }),
    })),
  });
  const elapsedSeconds = Math.max((performance.now() - started) / 1000, seconds);
  return {
    perSecond: result['2xx'] / elapsedSeconds,
    elapsedSeconds,
    p50Ms: result.latency.p50,
    p99Ms: result.latency.p99,
    failures: result.non2xx + result.errors + result.timeouts,
    byStatus: new Map(
      Object.entries(result.statusCodeStats ?? {}).map(([status, { count = 0 }]) => [Number(status), count]),
    ),
    withoutRetryAfter,
  };
}

function isRetryAfter(name: string): boolean {
  return name.toLowerCase() === 'retry-after';
}
