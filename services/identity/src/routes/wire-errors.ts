import { AshlarError } from '@ashlar/kernel';
import { type DoorFailure, type Refusal, type RenderedError, statusOfKind } from '@ashlar/service';
import { FACTOR_WIRE_CODES } from '../domain/factor-errors.ts';

/** The version header that asks for the newer error shape, and the first version that has it. */
export const API_VERSION_HEADER = 'x-supabase-api-version';
const API_VERSION = '2024-01-01';
const VERSION_FORM = /^\d{4}-\d{2}-\d{2}$/;

/** Codes on the wire that are not simply our own without its prefix. */
const WIRE_CODES: Readonly<Record<string, string>> = {
  'identity.subject_not_found': 'user_not_found',
  'identity.sign_in_banned': 'user_banned',
  'identity.refresh_banned': 'user_banned',
  'identity.email_logins_disabled': 'email_provider_disabled',
  'identity.email_signups_disabled': 'email_provider_disabled',
  'identity.session_inactive': 'session_expired',
  'identity.own_session_not_found': 'session_not_found',
  'identity.phone_logins_disabled': 'phone_provider_disabled',
  'identity.unsupported_phone_provider': 'phone_provider_disabled',
  'identity.link_expired': 'otp_expired',
  'identity.mail_too_soon': 'over_email_send_rate_limit',
  'identity.sms_too_soon': 'over_sms_send_rate_limit',
  'identity.refresh_session_not_found': 'session_not_found',
  'identity.unsupported_grant_type': 'invalid_credentials',
  'identity.anonymous_password': 'validation_failed',
  'identity.attempt_rejected': 'invalid_credentials',
  'identity.hook_refused': 'unknown',
  'identity.hook_failed': 'unexpected_failure',
  'identity.foreign_origin': 'validation_failed',
  'identity.id_exists': 'user_already_exists',
  ...FACTOR_WIRE_CODES,
  'identity.provider_refused': 'bad_oauth_callback',
  'identity.provider_failed': 'unexpected_failure',
  'identity.provider_email_missing': 'email_address_not_provided',
  'identity.bad_id_token': 'validation_failed',
  'identity.nonce_mismatch': 'validation_failed',
  'identity.not_found': 'unknown',
  'identity.database_error': 'unexpected_failure',
};

const OWN_PREFIX = 'identity.';
const RETRY_AFTER_SECONDS = 1;
const UNEXPECTED = 'Unexpected failure, please check server logs for more information';

interface WireError {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly reasons?: readonly string[];
  /** Lets an operator find the failure in the log. */
  readonly errorId?: string;
  readonly retryAfterSeconds?: number;
}

/** Renders whatever went wrong in the shape this client reads; nothing internal leaves but the request's id. */
export function renderError(error: unknown, apiVersion: string | undefined, requestId: string): RenderedError {
  return render(toWire(error, requestId), apiVersion);
}

/** The same for a browser on its way back from a provider, as parameters of the address it is sent to. */
export function errorParameters(error: unknown, requestId: string): URLSearchParams {
  const { status, code, message } = toWire(error, requestId);
  return new URLSearchParams({
    error: OAUTH_ERRORS[code] ?? OAUTH_ERRORS[status] ?? 'server_error',
    error_code: code,
    error_description: message,
  });
}

/** OAuth's own word for an error, by our code or else by status. */
const OAUTH_ERRORS: Readonly<Record<string, string>> = {
  signup_disabled: 'access_denied',
  user_banned: 'access_denied',
  provider_email_needs_verification: 'access_denied',
  400: 'invalid_request',
  401: 'unauthorized_client',
  403: 'access_denied',
};

/** What the door says on this service's paths. */
export function renderDoorFailure(
  { kind, message, retryAfterSeconds }: DoorFailure,
  apiVersion: string | undefined,
): RenderedError {
  const wire = { ...DOOR_FAILURES[kind], ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }) };
  return render({ message, ...wire }, apiVersion);
}

const DOOR_FAILURES: Readonly<Record<DoorFailure['kind'], Omit<WireError, 'message'> & { readonly message?: string }>> =
  {
    malformed: { status: 400, code: 'validation_failed' },
    not_found: { status: 404, code: 'unknown' },
    method_not_allowed: { status: 405, code: 'unknown' },
    too_large: { status: 413, code: 'request_entity_too_large' },
    rate_limited: { status: 429, code: 'over_request_rate_limit', message: 'Request rate limit reached' },
    internal: { status: 500, code: 'unexpected_failure', message: UNEXPECTED },
    unavailable: { status: 503, code: 'unexpected_failure' },
    timeout: { status: 504, code: 'request_timeout' },
  };

/** A key nobody knows is refused in the words of the hosted gateway, which stands before every service there. */
export function renderKeyRefusal({ reason }: Refusal): RenderedError {
  const body =
    reason === 'key-missing'
      ? { message: 'No API key found in request', hint: 'No `apikey` request header or url param was found.' }
      : { message: 'Invalid API key', hint: 'Double check your Supabase `anon` or `service_role` API key.' };
  return { status: 401, headers: { 'content-type': CONTENT_TYPE }, body: JSON.stringify(body) };
}

const CONTENT_TYPE = 'application/json; charset=utf-8';

function toWire(error: unknown, requestId: string): WireError {
  if (!(error instanceof AshlarError)) {
    return { status: 500, code: 'unexpected_failure', message: UNEXPECTED, errorId: requestId };
  }
  // A hook chooses the status of its refusal itself.
  const chosen = error.code === 'identity.hook_refused' ? error.params.status : undefined;
  const status = typeof chosen === 'number' ? chosen : statusOfKind[error.kind];
  if (error.code.startsWith(OWN_PREFIX)) {
    return {
      status,
      code: wireCode(error),
      message: error.message,
      ...(Array.isArray(error.params.reasons) ? { reasons: error.params.reasons } : {}),
      ...(error.kind === 'internal' ? { errorId: requestId } : {}),
      ...(error.retryable ? { retryAfterSeconds: waitOf(error) } : {}),
    };
  }
  if (error.kind === 'unavailable' || error.kind === 'timeout') {
    const code = error.kind === 'timeout' ? 'request_timeout' : 'unexpected_failure';
    return { status, code, message: error.message, errorId: requestId, retryAfterSeconds: RETRY_AFTER_SECONDS };
  }
  return { status: 500, code: 'unexpected_failure', message: UNEXPECTED, errorId: requestId };
}

/** The code a client hears for an error of this service. */
export function wireCode({ code }: AshlarError): string {
  return WIRE_CODES[code] ?? code.slice(OWN_PREFIX.length);
}

function waitOf({ params }: AshlarError): number {
  const { retryAfterSeconds } = params;
  return typeof retryAfterSeconds === 'number' ? retryAfterSeconds : RETRY_AFTER_SECONDS;
}

function render(error: WireError, apiVersion: string | undefined): RenderedError {
  const newer = apiVersion !== undefined && VERSION_FORM.test(apiVersion) && apiVersion >= API_VERSION;
  const weakness = error.reasons === undefined ? {} : { weak_password: { reasons: error.reasons } };
  const id = error.errorId === undefined ? {} : { error_id: error.errorId };
  const body = newer
    ? { code: error.code, message: error.message, ...weakness }
    : { code: error.status, error_code: error.code, msg: error.message, ...id, ...weakness };
  return {
    status: error.status,
    headers: {
      'content-type': CONTENT_TYPE,
      'cache-control': 'no-store',
      'x-sb-error-code': error.code,
      ...(newer ? { [API_VERSION_HEADER]: API_VERSION } : {}),
      ...(error.retryAfterSeconds === undefined ? {} : { 'retry-after': String(error.retryAfterSeconds) }),
    },
    body: JSON.stringify(body),
  };
}
