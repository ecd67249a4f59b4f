/** One fault of an input; `pointer` is a JSON pointer into it. */
export interface FieldFault {
  readonly pointer: string;
  readonly code: string;
  readonly detail: string;
}

/** What the client itself reports, beside the refusals of the server. */
export type ClientCode = 'sdk.network' | 'sdk.aborted' | 'sdk.unreadable';

/** A refusal of the server (RFC 9457), or what kept the client from an answer. */
export interface Problem<Code extends string = string> {
  /** Stable: `inventory.insufficient_stock`. */
  readonly code: Code | ClientCode;
  /** HTTP status; 0 when there was no answer. */
  readonly status: number;
  readonly title: string;
  /** What happened this time. */
  readonly detail: string;
  readonly params: Readonly<Record<string, unknown>>;
  /** Every fault of the input at once. */
  readonly errors: readonly FieldFault[];
  readonly hint: string | null;
  /** The same again may succeed. The client has already tried it again by itself. */
  readonly retryable: boolean;
  /** The row as it is now, when a version was out of date. */
  readonly current: Readonly<Record<string, unknown>> | null;
  /** What operators find it by. */
  readonly traceId: string | null;
  /** What was thrown, when there was no answer. */
  readonly cause?: unknown;
}

export function clientProblem(code: ClientCode, detail: string, more: Partial<Problem> = {}): Problem<never> {
  const problem = { status: 0, title: detail, detail, params: {}, errors: [], hint: null, retryable: false };
  return { ...problem, current: null, traceId: null, ...more, code };
}

/** A refusal as this client tells it; what is no problem document is told by its status. */
export async function problemOf(response: Response): Promise<Problem> {
  const text = await response.text();
  const found = readObject(text);
  const { status } = response;
  if (typeof found?.['code'] !== 'string') {
    const detail = typeof found?.['message'] === 'string' ? found['message'] : `The server answered ${status}`;
    return clientProblem('sdk.unreadable', detail, { status, retryable: mayRetry(status) });
  }
  const textOf = (name: string): string | null => (typeof found[name] === 'string' ? found[name] : null);
  return {
    code: found['code'],
    status,
    title: textOf('title') ?? textOf('message') ?? found['code'],
    detail: textOf('detail') ?? textOf('message') ?? found['code'],
    // As the server's documents promise them.
    params: (found['params'] ?? {}) as Problem['params'],
    errors: (found['errors'] ?? []) as Problem['errors'],
    hint: textOf('hint'),
    retryable: found['retryable'] === true || mayRetry(status),
    current: (found['current'] ?? null) as Problem['current'],
    traceId: textOf('trace_id'),
  };
}

/** Too many requests, or a server that is away. */
function mayRetry(status: number): boolean {
  return status === 429 || status === 502 || status === 503 || status === 504;
}

function readObject(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : null;
  } catch {
    return null;
  }
}

/** Thrown by `orThrow`. */
export class ProblemError<Code extends string = string> extends Error {
  override readonly name = 'ProblemError';
  readonly problem: Problem<Code>;

  constructor(problem: Problem<Code>) {
    super(`${problem.code}: ${problem.detail}`, problem.cause === undefined ? undefined : { cause: problem.cause });
    this.problem = problem;
  }
}
