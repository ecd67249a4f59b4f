/**
 * A refusal in the words PostgREST's clients read: four members in the body, a status and sometimes headers. It is
 * the data service's rendering of every failure, its own (`PGRSTnnn`) and PostgreSQL's (SQLSTATE).
 */
export interface RestErrorParts {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  /** Mostly text; candidate lists are arrays. */
  readonly details?: unknown;
  readonly hint?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Reason phrase instead of the standard one of the status. */
  readonly statusText?: string;
}

export class RestError extends Error {
  override readonly name = 'RestError';
  readonly status: number;
  readonly code: string;
  readonly details: unknown;
  readonly hint: unknown;
  readonly headers: Readonly<Record<string, string>>;
  readonly statusText: string | undefined;

  constructor(parts: RestErrorParts) {
    super(parts.message);
    this.status = parts.status;
    this.code = parts.code;
    this.details = parts.details ?? null;
    this.hint = parts.hint ?? null;
    this.headers = parts.headers ?? {};
    this.statusText = parts.statusText;
  }

  /** The JSON body: all four members always, null where there is nothing to say. */
  body(): string {
    return JSON.stringify({ code: this.code, details: this.details, hint: this.hint, message: this.message });
  }
}
