/** What a hint names: shown only to who may use it. */
export interface Suggestion {
  readonly kind: 'relation' | 'routine';
  readonly schema: string;
  readonly name: string;
}

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
  /** The operation of a transaction that was refused, counted from 0; null for the transaction as a whole. */
  readonly operation?: number | null;
  /** Reason phrase instead of the standard one of the status. */
  readonly statusText?: string | undefined;
  readonly suggests?: Suggestion | null;
  /** The relation a column was looked for in: what it has may not be for everybody to know. */
  readonly lacksColumn?: { readonly schema: string; readonly name: string } | null;
}

export class RestError extends Error {
  override readonly name = 'RestError';
  readonly status: number;
  readonly code: string;
  readonly details: unknown;
  readonly hint: unknown;
  readonly headers: Readonly<Record<string, string>>;
  readonly statusText: string | undefined;
  readonly operation: number | null | undefined;
  readonly suggests: Suggestion | null;
  readonly lacksColumn: { readonly schema: string; readonly name: string } | null;

  constructor(parts: RestErrorParts) {
    super(parts.message);
    this.status = parts.status;
    this.code = parts.code;
    this.details = parts.details ?? null;
    this.hint = parts.hint ?? null;
    this.headers = parts.headers ?? {};
    this.statusText = parts.statusText;
    this.operation = parts.operation;
    this.suggests = parts.suggests ?? null;
    this.lacksColumn = parts.lacksColumn ?? null;
  }

  /** The same refusal without its hint. */
  withoutHint(): RestError {
    const { status, code, message, details, headers, statusText, operation } = this;
    const more = operation === undefined ? {} : { operation };
    return new RestError({ status, code, message, details, headers, statusText, ...more });
  }

  /** The same refusal, saying which operation of a transaction met it. */
  inTransaction(operation: number | null): RestError {
    if (this.operation !== undefined) return this;
    const { status, code, message, details, hint, headers, statusText, suggests, lacksColumn } = this;
    const more = { headers, operation, statusText, suggests, lacksColumn };
    return new RestError({ status, code, message, details, hint, ...more });
  }

  /** The JSON body: all four members always, null where there is nothing to say; in a transaction a fifth. */
  body(): string {
    const { code, details, hint, message, operation } = this;
    return JSON.stringify({ code, details, hint, message, ...(operation === undefined ? {} : { operation }) });
  }
}
