/** A request as it is sent, without its caller. */
export interface SentRequest {
  readonly method: string;
  readonly path: string;
  /** Decoded parameters, in order. */
  readonly parameters: readonly (readonly [string, string])[];
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

/** One read, written twice. */
export interface ReadCase {
  readonly request: SentRequest;
  /** One text: the body the service must answer. */
  readonly sql: string;
  /** Number of rows there are without a range; null where no count is asked for. */
  readonly countSql: string | null;
  /** Number of rows answered. */
  readonly rowsSql: string;
  readonly offset: number;
  readonly isOneObject: boolean;
  /** The order of rows is not asked for. */
  readonly isUnordered: boolean;
  /** Mistakes PostgreSQL finds before it looks at rights: with one alone the code is certain. */
  readonly faults: number;
}

export function urlOf({ path, parameters }: SentRequest): string {
  const query = parameters.map(([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(value)}`).join('&');
  return query === '' ? path : `${path}?${query}`;
}
