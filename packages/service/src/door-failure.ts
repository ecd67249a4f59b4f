import { AshlarError, type ErrorKind } from '@ashlar/kernel';
import type { DoorFailure, RenderedError } from './service.ts';

type FailureKind = DoorFailure['kind'];

/** Expected refusals of a service are its own to word; what is left here is the nearest the door can say. */
const FAILURE_OF_KIND: Readonly<Record<ErrorKind, FailureKind>> = {
  malformed: 'malformed',
  unauthenticated: 'malformed',
  forbidden: 'malformed',
  not_found: 'not_found',
  method_not_allowed: 'method_not_allowed',
  not_acceptable: 'malformed',
  conflict: 'malformed',
  precondition: 'malformed',
  too_large: 'too_large',
  unprocessable: 'malformed',
  rate_limited: 'rate_limited',
  unavailable: 'unavailable',
  timeout: 'timeout',
  internal: 'internal',
};

const STATUS: Readonly<Record<FailureKind, number>> = {
  malformed: 400,
  not_found: 404,
  method_not_allowed: 405,
  too_large: 413,
  rate_limited: 429,
  internal: 500,
  unavailable: 503,
  timeout: 504,
};

const RETRY_AFTER_SECONDS = 1;

/**
 * What an error thrown on the way through a Fastify app means to the caller. Faults of ours become `internal` with
 * nothing of their message; a service's own error handler can use it for what Fastify itself refused.
 */
export function doorFailureOf(error: unknown): DoorFailure {
  if (error instanceof AshlarError) {
    const kind = FAILURE_OF_KIND[error.kind];
    return {
      kind,
      message: kind === 'internal' ? INTERNAL_MESSAGE : error.message,
      ...(kind === 'unavailable' ? { retryAfterSeconds: RETRY_AFTER_SECONDS } : {}),
    };
  }
  const status = statusOf(error);
  if (status === 413) return { kind: 'too_large', message: 'Request body is too large' };
  // Fastify words its own 4xx errors for callers; any other error with a status number is not known to be public.
  if (isFastifyError(error) && status >= 400 && status < 500) return { kind: 'malformed', message: error.message };
  return { kind: 'internal', message: INTERNAL_MESSAGE };
}

/** The answer on a path that belongs to no service; the members are those every client of the surface can read. */
export function renderPlainFailure(failure: DoorFailure): RenderedError {
  return {
    status: STATUS[failure.kind],
    headers: {
      'content-type': 'application/json; charset=utf-8',
      ...(failure.retryAfterSeconds === undefined ? {} : { 'retry-after': String(failure.retryAfterSeconds) }),
    },
    body: JSON.stringify({ code: failure.kind, message: failure.message, details: null, hint: null }),
  };
}

const INTERNAL_MESSAGE = 'Something went wrong on our side';

function statusOf(error: unknown): number {
  if (typeof error !== 'object' || error === null || !('statusCode' in error)) return 0;
  return typeof error.statusCode === 'number' ? error.statusCode : 0;
}

function isFastifyError(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code.startsWith('FST_');
}
