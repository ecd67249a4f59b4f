import { randomBytes } from 'node:crypto';

/** W3C trace context, level 1: https://www.w3.org/TR/trace-context/ */
export interface TraceContext {
  /** 32 lower-case hex digits. */
  readonly traceId: string;
  /** 16 lower-case hex digits: the span of this request in this process. */
  readonly spanId: string;
  readonly sampled: boolean;
  readonly tracestate: string | undefined;
}

const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?$/;
const MAX_TRACESTATE_BYTES = 512;

/** Continues the caller's trace under a new span, or begins one when the header is absent or malformed. */
export function continueTrace(traceparent: string | undefined, tracestate: string | undefined): TraceContext {
  const parent = traceparent === undefined ? null : TRACEPARENT.exec(traceparent);
  const spanId = randomHex(8);
  if (parent === null) return { traceId: randomHex(16), spanId, sampled: false, tracestate: undefined };
  return {
    traceId: parent[1] ?? '',
    spanId,
    sampled: (Number.parseInt(parent[3] ?? '0', 16) & 1) === 1,
    tracestate: tracestate !== undefined && tracestate.length <= MAX_TRACESTATE_BYTES ? tracestate : undefined,
  };
}

export function formatTraceparent(trace: TraceContext): string {
  return `00-${trace.traceId}-${trace.spanId}-${trace.sampled ? '01' : '00'}`;
}

// One large draw serves many requests: a system call per request would be visible at 20k requests/s.
const POOL_BYTES = 4096;
let pool = Buffer.alloc(0);
let used = 0;

function randomHex(bytes: number): string {
  if (used + bytes > pool.length) {
    pool = randomBytes(POOL_BYTES);
    used = 0;
  }
  used += bytes;
  return pool.toString('hex', used - bytes, used);
}
