import { AshlarError } from '@ashlar/kernel';
import { renderPlainFailure, type DoorFailure, type Refusal, type RenderedError, statusOfKind } from '@ashlar/service';

const RETRY_AFTER_SECONDS = '1';

/** Renders whatever went wrong; what is no refusal of ours tells nothing of itself. */
export function renderError(error: unknown): RenderedError {
  if (!(error instanceof AshlarError) || error.kind === 'internal') {
    return renderPlainFailure({ kind: 'internal', message: 'Something went wrong on our side' });
  }
  const { kind, code, message, hint } = error;
  const isPassing = kind === 'unavailable' || kind === 'timeout';
  return render(
    statusOfKind[kind],
    { code, message, hint: hint ?? null },
    isPassing ? { 'retry-after': RETRY_AFTER_SECONDS } : {},
  );
}

export function renderDoorFailure(failure: DoorFailure): RenderedError {
  return renderPlainFailure(failure);
}

/** A token nobody can verify, a key nobody issued. */
export function renderRefusal({ message, details }: Refusal): RenderedError {
  return render(401, { code: 'unauthenticated', message, hint: details ?? null }, {});
}

function render(
  status: number,
  { code, message, hint }: { code: string; message: string; hint: string | null },
  headers: Readonly<Record<string, string>>,
): RenderedError {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store', ...headers },
    body: JSON.stringify({ code, message, details: null, hint }),
  };
}
