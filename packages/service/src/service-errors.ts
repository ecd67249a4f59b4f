import { AshlarError, type ErrorFactory } from '@ashlar/kernel';
import type { Refusal } from './context.ts';
import { doorFailureOf, renderPlainFailure } from './door-failure.ts';
import type { DoorFailure, RenderedError } from './service.ts';
import { statusOfKind } from './status-of-kind.ts';

const FORBIDDEN = '42501';

/** The words of a service that speaks no other product's dialect: `{code, message, details, hint}`. */
export interface ServiceErrors {
  /** Whatever went wrong; what is no refusal of the service tells nothing of itself. */
  readonly renderError: (error: unknown) => RenderedError;
  /** What the door says on this service's paths. */
  readonly renderDoorFailure: (failure: DoorFailure) => RenderedError;
  /** A token nobody can verify, a key nobody issued. */
  readonly renderRefusal: (refusal: Refusal) => RenderedError;
}

/**
 * @param name What the codes of the service begin with.
 * @param accessDenied What is said where the database refuses.
 */
export function serviceErrors(name: string, accessDenied: ErrorFactory): ServiceErrors {
  return {
    renderDoorFailure,
    renderError(error) {
      if (error instanceof AshlarError && error.code.startsWith(`${name}.`) && error.kind !== 'internal') {
        return renderOwn(error);
      }
      // The database has the last word on who may do what.
      if (error instanceof Error && 'code' in error && error.code === FORBIDDEN) return renderOwn(accessDenied());
      return renderDoorFailure(doorFailureOf(error));
    },
    renderRefusal: ({ reason, message }) =>
      render(401, { code: reason.replaceAll('-', '_'), message, details: null, hint: null }),
  };
}

function renderDoorFailure(failure: DoorFailure): RenderedError {
  const rendered = renderPlainFailure(failure);
  return { ...rendered, headers: { ...rendered.headers, 'cache-control': 'no-store' } };
}

function renderOwn({ kind, code, message, hint, current }: AshlarError): RenderedError {
  return render(statusOfKind[kind], { code, message, details: current ?? null, hint: hint ?? null });
}

function render(
  status: number,
  body: {
    readonly code: string;
    readonly message: string;
    /** The thing as it is, where the caller's idea of it is out of date. */
    readonly details: Readonly<Record<string, unknown>> | null;
    readonly hint: string | null;
  },
): RenderedError {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' },
    body: JSON.stringify(body),
  };
}
