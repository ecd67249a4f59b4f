import { AshlarError } from '@ashlar/kernel';
import { type DoorFailure, type Refusal, type RenderedError, statusOfKind } from '@ashlar/service';

interface Problem {
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly hint?: string | undefined;
  readonly retryable?: boolean;
  readonly retryAfterSeconds?: number | undefined;
}

const INTERNAL: Problem = { status: 500, code: 'internal', title: 'Something went wrong on our side' };
const RETRY_AFTER_SECONDS = 1;

/** RFC 9457; what is no refusal of ours tells nothing of itself. */
export function renderError(error: unknown): RenderedError {
  if (!(error instanceof AshlarError) || error.kind === 'internal') return render(INTERNAL);
  const { code, kind, message, hint, retryable } = error;
  return render({
    status: statusOfKind[kind],
    code,
    title: message,
    hint,
    retryable,
    retryAfterSeconds: retryable ? RETRY_AFTER_SECONDS : undefined,
  });
}

/** What the door says on this service's paths. */
export function renderDoorFailure({ kind, message, retryAfterSeconds }: DoorFailure): RenderedError {
  if (kind === 'internal') return render(INTERNAL);
  return render({ status: statusOfKind[kind], code: kind, title: message, retryAfterSeconds });
}

/** A token nobody can verify, a key nobody issued. */
export function renderRefusal({ reason, message }: Refusal): RenderedError {
  return render({ status: 401, code: `control.${reason.replaceAll('-', '_')}`, title: message });
}

function render({ status, code, title, hint, retryable = false, retryAfterSeconds }: Problem): RenderedError {
  return {
    status,
    headers: {
      'content-type': 'application/problem+json; charset=utf-8',
      ...(retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) }),
    },
    body: JSON.stringify({ type: 'about:blank', title, status, code, message: title, hint: hint ?? null, retryable }),
  };
}
