/** Bounds of every HTTP listener of the house. Bytes unless the name says otherwise. */
export interface HttpLimits {
  /** Request target, query included. Filters by id lists make long ones: 1,000 UUIDs are 37 kB. */
  readonly urlBytes: number;
  /** All header names and values of a request together. */
  readonly headerBytes: number;
  /** Open sockets; further ones wait in the operating system's queue. */
  readonly connections: number;
  /** From the first byte of a request to the last of its headers. */
  readonly headersTimeoutMs: number;
  /** How long a body may come at any pace: bounds a client that trickles. */
  readonly requestTimeoutMs: number;
  /** The least pace of a body after that. */
  readonly bodyBytesPerSecond: number;
  /** How often the pace of bodies is looked at. */
  readonly bodyCheckMs: number;
  /** A socket on which nothing moves, an answer under way included, is closed. */
  readonly connectionTimeoutMs: number;
  /** An idle kept-alive socket is closed; longer than the 60 s of usual load balancers, so that they close first. */
  readonly keepAliveTimeoutMs: number;
  /** How long a closing listener waits for answers under way. */
  readonly drainTimeoutMs: number;
}

export const DEFAULT_HTTP_LIMITS: HttpLimits = {
  urlBytes: 64 * 1024,
  headerBytes: 32 * 1024,
  connections: 10_000,
  headersTimeoutMs: 60_000,
  requestTimeoutMs: 300_000,
  bodyBytesPerSecond: 1_024,
  bodyCheckMs: 15_000,
  connectionTimeoutMs: 300_000,
  keepAliveTimeoutMs: 72_000,
  drainTimeoutMs: 4_000,
};

/** Room the parser leaves for the identity header, which a gateway adds to a request already at its limits. */
export const IDENTITY_HEADER_BYTES: number = 32 * 1024;
