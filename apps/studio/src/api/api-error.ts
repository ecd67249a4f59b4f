/** What the server refused, in its own words and code. */
export class ApiError extends Error {
  readonly status: number;
  /** Stable: pages decide by it and never by the sentence. */
  readonly code: string;
  readonly hint: string | null;
  readonly requestId: string | null;
  /** Seconds, where the server said when. */
  readonly retryAfterSeconds: number | null;
  /** All of it, for who knows what else stands there. */
  readonly problem: Readonly<Record<string, unknown>>;

  constructor(response: Response, body: unknown) {
    const said = typeof body === 'object' && body !== null ? (body as Readonly<Record<string, unknown>>) : {};
    super(
      text(said['message']) ??
        text(said['msg']) ??
        text(said['error_description']) ??
        text(said['title']) ??
        `Answered ${response.status}`,
    );
    this.name = 'ApiError';
    this.problem = said;
    this.status = response.status;
    this.code = text(said['code']) ?? text(said['error_code']) ?? text(said['error']) ?? String(response.status);
    this.hint = text(said['hint']);
    this.requestId = response.headers.get('sb-request-id');
    const wait = Number(response.headers.get('retry-after'));
    this.retryAfterSeconds = Number.isFinite(wait) && wait > 0 ? wait : null;
  }
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
