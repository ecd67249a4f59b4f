import { AshlarError, type ErrorKind } from '@ashlar/kernel';
import { type DoorFailure, type Refusal, type RenderedError, statusOfKind } from '@ashlar/service';

const RETRY_AFTER_SECONDS = 1;

interface Problem {
  readonly kind: ErrorKind;
  readonly code: string;
  readonly title: string;
  readonly hint?: string | undefined;
  readonly params?: AshlarError['params'];
  readonly errors?: AshlarError['fields'];
  readonly retryAfterSeconds?: number;
}

/** RFC 9457; what is no error of ours tells nothing of itself. */
export function renderError(error: unknown): RenderedError {
  if (!(error instanceof AshlarError) || error.kind === 'internal') {
    return render({ kind: 'internal', code: 'internal', title: 'Something went wrong here' });
  }
  const { kind, code, message, hint, params, fields } = error;
  return render({
    kind,
    code,
    title: message,
    hint,
    params,
    ...(fields.length === 0 ? {} : { errors: fields }),
    ...(kind === 'unavailable' ? { retryAfterSeconds: RETRY_AFTER_SECONDS } : {}),
  });
}

export function renderDoorFailure({ kind, message, retryAfterSeconds }: DoorFailure): RenderedError {
  return render({
    kind,
    code: `door.${kind}`,
    title: message,
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  });
}

export function renderRefusal({ reason, message }: Refusal): RenderedError {
  return render({ kind: 'unauthenticated', code: `door.${reason.replaceAll('-', '_')}`, title: message });
}

function render({ kind, code, title, hint, params, errors, retryAfterSeconds }: Problem): RenderedError {
  const status = statusOfKind[kind];
  return {
    status,
    headers: {
      'content-type': 'application/problem+json; charset=utf-8',
      'cache-control': 'no-store',
      ...(retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) }),
    },
    body: JSON.stringify({
      type: 'about:blank',
      title,
      status,
      code,
      params,
      hint,
      errors,
      retryable: kind === 'unavailable' || kind === 'timeout' || kind === 'rate_limited',
    }),
  };
}
