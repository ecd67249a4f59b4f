import { AshlarError } from '@ashlar/kernel';
import type { DoorFailure, Refusal, RenderedError } from '@ashlar/service';

/** Where a client of the surface looks for the status of its own faults. Those of tus go by the line. */
export type StatusStyle = 'body' | 'line';

interface WireError {
  /** What stands in the body. On the line it is 400 for every fault of a client. */
  readonly status: number;
  readonly error: string;
  readonly message: string;
  readonly code: string;
  readonly retryAfterSeconds?: number;
}

const INTERNAL: WireError = {
  status: 500,
  error: 'InternalError',
  message: 'Internal Server Error',
  code: 'InternalError',
};

type Shape = Omit<WireError, 'message'>;

const shape = (status: number, code: string, error: string = code): Shape => ({ status, code, error });

/** How Supabase Storage's clients know our refusals. */
const SHAPES: Readonly<Record<string, Shape>> = {
  'storage.no_such_bucket': shape(404, 'NoSuchBucket', 'Bucket not found'),
  'storage.no_such_key': shape(404, 'NoSuchKey', 'not_found'),
  'storage.key_already_exists': shape(409, 'KeyAlreadyExists', 'Duplicate'),
  'storage.bucket_already_exists': shape(409, 'BucketAlreadyExists', 'Duplicate'),
  'storage.bucket_not_empty': shape(409, 'ResourceNotEmpty'),
  'storage.access_denied': shape(403, 'AccessDenied', 'Unauthorized'),
  'storage.missing_authorization': shape(400, 'InvalidRequest', 'Error'),
  'storage.invalid_jwt': shape(400, 'InvalidJWT'),
  'storage.invalid_signature': shape(400, 'InvalidSignature'),
  'storage.invalid_upload_signature': shape(400, 'InvalidUploadSignature'),
  'storage.invalid_key': shape(400, 'InvalidKey'),
  'storage.invalid_bucket_name': shape(400, 'InvalidBucketName', 'Invalid Input'),
  'storage.invalid_mime_type': shape(415, 'InvalidMimeType', 'invalid_mime_type'),
  'storage.entity_too_large': shape(413, 'EntityTooLarge', 'Payload too large'),
  'storage.invalid_request': shape(400, 'InvalidRequest', 'Error'),
  'storage.no_content_provided': shape(400, 'NoContentProvided'),
  'storage.invalid_range': shape(400, 'InvalidRange'),
  'storage.not_found': shape(404, 'NotFound', 'Not Found'),
  'storage.feature_not_enabled': shape(400, 'FeatureNotEnabled'),
  'storage.no_such_access_key': shape(404, 'NoSuchAccessKey', 'not_found'),
  'storage.quota_exceeded': shape(413, 'QuotaExceeded', 'Payload too large'),
  'storage.no_such_upload': shape(404, 'NoSuchUpload', 'not_found'),
  'storage.upload_expired': shape(410, 'NoSuchUpload', 'Gone'),
  'storage.upload_locked': shape(423, 'ResourceLocked'),
  'storage.too_many_uploads': shape(429, 'SlowDown', 'Too Many Requests'),
  'storage.offset_mismatch': shape(409, 'InvalidUploadOffset', 'Conflict'),
  'storage.protocol_version': shape(412, 'InvalidRequest', 'Precondition Failed'),
  'storage.chunk_type': shape(415, 'InvalidRequest', 'Unsupported Media Type'),
  'storage.image_too_costly': shape(422, 'InvalidRequest', 'Unprocessable Entity'),
  'storage.database_timeout': shape(544, 'DatabaseTimeout'),
};

const DOOR_SHAPES: Readonly<Record<DoorFailure['kind'], Shape>> = {
  malformed: shape(400, 'InvalidRequest', 'Error'),
  not_found: shape(404, 'NotFound', 'Not Found'),
  method_not_allowed: shape(405, 'MethodNotAllowed'),
  too_large: shape(413, 'EntityTooLarge', 'Payload too large'),
  rate_limited: shape(429, 'SlowDown', 'Too Many Requests'),
  internal: INTERNAL,
  unavailable: shape(503, 'SlowDown', 'Service Unavailable'),
  timeout: shape(504, 'DatabaseTimeout', 'Gateway Timeout'),
};

const RETRY_AFTER_SECONDS = 1;

/** Renders whatever went wrong; what is no refusal of ours tells nothing of itself. */
export function renderError(error: unknown, style: StatusStyle = 'body'): RenderedError {
  if (!(error instanceof AshlarError)) return render(INTERNAL);
  const known = SHAPES[error.code];
  if (known !== undefined) return render({ ...known, message: error.message }, style);
  if (error.kind === 'unavailable' || error.kind === 'timeout') {
    return render({
      ...DOOR_SHAPES[error.kind],
      message: error.message,
      retryAfterSeconds: RETRY_AFTER_SECONDS,
    });
  }
  return render(INTERNAL);
}

/** What the door says on this service's paths. */
export function renderDoorFailure(
  { kind, message, retryAfterSeconds }: DoorFailure,
  style: StatusStyle = 'body',
): RenderedError {
  const { status, code, error } = DOOR_SHAPES[kind];
  const told = {
    status,
    code,
    error,
    message: kind === 'internal' ? INTERNAL.message : message,
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  };
  return render(told, style);
}

/** A token nobody can verify, a key nobody issued. */
export function renderRefusal({ reason, message }: Refusal, style: StatusStyle = 'body'): RenderedError {
  if (reason === 'key-missing') {
    const detail = "headers must have required property 'authorization'";
    return render({ ...shape(400, 'InvalidRequest', 'Error'), message: detail }, style);
  }
  return render({ ...shape(403, 'AccessDenied', 'Unauthorized'), message }, style);
}

/** Answers whose status clients take from the line: they are told to wait, or the fault is ours. */
function statusOnTheLine({ status }: WireError): number {
  if (status === 429 || status === 423) return status;
  return status < 500 ? 400 : status;
}

function render(error: WireError, style: StatusStyle = 'body'): RenderedError {
  const body = { statusCode: String(error.status), error: error.error, message: error.message, code: error.code };
  return {
    status: style === 'line' ? error.status : statusOnTheLine(error),
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'no-store',
      ...(error.retryAfterSeconds === undefined ? {} : { 'retry-after': String(error.retryAfterSeconds) }),
    },
    body: JSON.stringify(body),
  };
}
