import { AshlarError } from '@ashlar/kernel';
import {
  type DoorFailure,
  doorFailureOf,
  type Refusal,
  type RenderedError,
  renderPlainFailure,
  statusOfKind,
} from '@ashlar/service';

const FORBIDDEN = '42501';

/** Renders whatever went wrong; what is no refusal of ours tells nothing of itself. */
export function renderError(error: unknown): RenderedError {
  if (error instanceof AshlarError && error.code.startsWith('webhooks.') && error.kind !== 'internal') {
    const { code, message, hint = null } = error;
    return render(statusOfKind[error.kind], { code, message, hint });
  }
  // The database has the last word on who may do what.
  if (error instanceof Error && 'code' in error && error.code === FORBIDDEN) {
    return render(403, {
      code: 'webhooks.access_denied',
      message: 'Webhooks are managed with the secret key',
      hint: null,
    });
  }
  return renderDoorFailure(doorFailureOf(error));
}

/** What the door says on this service's paths. */
export function renderDoorFailure(failure: DoorFailure): RenderedError {
  const rendered = renderPlainFailure(failure);
  return { ...rendered, headers: { ...rendered.headers, 'cache-control': 'no-store' } };
}

/** A token nobody can verify, a key nobody issued. */
export function renderRefusal({ reason, message }: Refusal): RenderedError {
  return render(401, { code: reason.replaceAll('-', '_'), message, hint: null });
}

interface Body {
  readonly code: string;
  readonly message: string;
  readonly hint: string | null;
}

function render(status: number, { code, message, hint }: Body): RenderedError {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' },
    body: JSON.stringify({ code, message, details: null, hint }),
  };
}
