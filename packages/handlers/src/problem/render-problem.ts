import { AshlarError, type ErrorKind } from '@ashlar/kernel';
import { kindsInArabic, problemLanguage, type ProblemLanguage } from './problem-language.ts';
import { type DoorFailure, doorFailureOf, type Refusal, type RenderedError, statusOfKind } from '@ashlar/service';

/** An error as every family of handlers tells it: RFC 9457 over HTTP, the same members elsewhere. */
export interface Problem {
  readonly type: string;
  /** The same for every occurrence of the code. */
  readonly title: string;
  readonly status: number;
  /** What happened this time. */
  readonly detail: string;
  readonly code: string;
  readonly params?: AshlarError['params'];
  /** Each fault of an input, by its place in the caller's document. */
  readonly errors?: AshlarError['fields'];
  readonly hint?: string;
  /** The same again may succeed. */
  readonly retryable: boolean;
  /** The row as it is now, when the caller's idea of it was out of date. */
  readonly current?: AshlarError['current'];
  readonly trace_id?: string;
}

const RETRY_AFTER_SECONDS = 1;
const RETRYABLE: ReadonlySet<ErrorKind> = new Set(['unavailable', 'timeout', 'rate_limited']);

/** What is no error of ours tells nothing of itself but the trace by which operators find it. */
export function problemOf(error: unknown, traceId?: string, language: ProblemLanguage = 'en'): Problem {
  const known = error instanceof AshlarError && error.kind !== 'internal' ? error : null;
  if (known === null) return problem('internal', 'internal', 'Something went wrong on our side', traceId);
  if (known.code.startsWith('postgres.')) {
    return problem('unavailable', known.kind, 'The database does not answer right now', traceId);
  }
  const { params, fields, current } = known;
  const { message, hint } = known.words(language);
  return {
    ...problem(known.code, known.kind, message, traceId),
    ...(language === 'ar' ? { title: kindsInArabic[known.kind] } : {}),
    ...(known.retryable ? { retryable: true } : {}),
    ...(Object.keys(params).length === 0 ? {} : { params }),
    ...(fields.length === 0 ? {} : { errors: fields }),
    ...(hint === undefined ? {} : { hint }),
    ...(current === undefined ? {} : { current }),
  };
}

export function renderProblem(content: Problem, headers: Readonly<Record<string, string>> = {}): RenderedError {
  return {
    status: content.status,
    headers: {
      'content-type': 'application/problem+json; charset=utf-8',
      'cache-control': 'no-store',
      ...(content.status === 503 ? { 'retry-after': String(RETRY_AFTER_SECONDS) } : {}),
      ...headers,
    },
    body: JSON.stringify(content),
  };
}

/** Anything that went wrong on a suite's paths, what Fastify refused included. */
export function renderError(error: unknown, traceId?: string, acceptLanguage?: string): RenderedError {
  if (error instanceof AshlarError) {
    const language = problemLanguage(acceptLanguage);
    const headers = { 'content-language': language, vary: 'accept-language' };
    return renderProblem(problemOf(error, traceId, language), headers);
  }
  const failure = doorFailureOf(error);
  return failure.kind === 'internal' ? renderProblem(problemOf(error, traceId)) : renderDoorFailure(failure, traceId);
}

export function renderDoorFailure({ kind, message, retryAfterSeconds }: DoorFailure, traceId?: string): RenderedError {
  const headers = retryAfterSeconds === undefined ? undefined : { 'retry-after': String(retryAfterSeconds) };
  return renderProblem(problem(`door.${kind}`, kind, message, traceId), headers);
}

/** A token nobody can verify, a key nobody issued. */
export function renderRefusal({ reason, message }: Refusal): RenderedError {
  return renderProblem(problem(`door.${reason.replaceAll('-', '_')}`, 'unauthenticated', message));
}

function problem(code: string, kind: ErrorKind, detail: string, traceId?: string): Problem {
  return {
    type: `urn:ashlar:error:${code}`,
    title: titleOf(code),
    status: statusOfKind[kind],
    detail,
    code,
    retryable: RETRYABLE.has(kind),
    ...(traceId === undefined ? {} : { trace_id: traceId }),
  };
}

/** `depot.too_heavy`: Too heavy. */
function titleOf(code: string): string {
  const words = (code.split('.').at(-1) ?? code).replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
