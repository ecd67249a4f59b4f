import { AshlarError } from '@ashlar/kernel';
import { doorFailureOf, type DoorFailure, type RenderedError } from '@ashlar/service';
import { errorDocument } from './write-xml.ts';

type Shape = readonly [status: number, code: string];

const INTERNAL: Shape = [500, 'InternalError'];

/** S3's own names and status of our refusals. */
const SHAPES: Readonly<Record<string, Shape>> = {
  's3.missing_authentication': [403, 'AccessDenied'],
  's3.two_authentications': [400, 'InvalidArgument'],
  's3.malformed_header': [400, 'AuthorizationHeaderMalformed'],
  's3.malformed_query': [400, 'AuthorizationQueryParametersError'],
  's3.access_key_unknown': [403, 'InvalidAccessKeyId'],
  's3.signature_mismatch': [403, 'SignatureDoesNotMatch'],
  's3.header_not_signed': [403, 'AccessDenied'],
  's3.time_skewed': [403, 'RequestTimeTooSkewed'],
  's3.expired': [403, 'AccessDenied'],
  's3.invalid_token': [400, 'InvalidToken'],
  's3.malformed_policy': [400, 'InvalidPolicyDocument'],
  's3.policy_violated': [403, 'AccessDenied'],
  's3.too_small': [400, 'EntityTooSmall'],
  's3.hash_missing': [400, 'InvalidRequest'],
  's3.hash_mismatch': [400, 'XAmzContentSHA256Mismatch'],
  's3.chunk_signature_mismatch': [403, 'SignatureDoesNotMatch'],
  's3.malformed_chunk': [400, 'IncompleteBody'],
  's3.chunk_too_small': [400, 'InvalidChunkSizeError'],
  's3.malformed_trailer': [400, 'MalformedTrailerError'],
  's3.incomplete_body': [400, 'IncompleteBody'],
  's3.bad_digest': [400, 'BadDigest'],
  's3.invalid_digest': [400, 'InvalidDigest'],
  's3.malformed_xml': [400, 'MalformedXML'],
  's3.invalid_argument': [400, 'InvalidArgument'],
  's3.not_implemented': [501, 'NotImplemented'],
  's3.method_not_allowed': [405, 'MethodNotAllowed'],
  's3.precondition_failed': [412, 'PreconditionFailed'],
  's3.no_such_upload': [404, 'NoSuchUpload'],
  's3.invalid_part': [400, 'InvalidPart'],
  's3.invalid_part_number': [416, 'InvalidPartNumber'],
  's3.invalid_part_order': [400, 'InvalidPartOrder'],
  's3.part_too_small': [400, 'EntityTooSmall'],
  's3.metadata_too_large': [400, 'MetadataTooLarge'],
  'storage.no_such_bucket': [404, 'NoSuchBucket'],
  'storage.no_such_key': [404, 'NoSuchKey'],
  'storage.key_already_exists': [412, 'PreconditionFailed'],
  'storage.bucket_already_exists': [409, 'BucketAlreadyExists'],
  'storage.bucket_not_empty': [409, 'BucketNotEmpty'],
  'storage.access_denied': [403, 'AccessDenied'],
  'storage.invalid_key': [400, 'InvalidKey'],
  'storage.invalid_bucket_name': [400, 'InvalidBucketName'],
  'storage.invalid_mime_type': [415, 'InvalidMimeType'],
  'storage.entity_too_large': [400, 'EntityTooLarge'],
  'storage.quota_exceeded': [403, 'QuotaExceeded'],
  'storage.invalid_request': [400, 'InvalidRequest'],
  'storage.invalid_range': [416, 'InvalidRange'],
  'storage.feature_not_enabled': [501, 'NotImplemented'],
  'storage.database_timeout': [503, 'SlowDown'],
};

const DOOR_SHAPES: Readonly<Record<DoorFailure['kind'], Shape>> = {
  malformed: [400, 'InvalidRequest'],
  not_found: [404, 'NoSuchKey'],
  method_not_allowed: [405, 'MethodNotAllowed'],
  too_large: [400, 'EntityTooLarge'],
  rate_limited: [503, 'SlowDown'],
  internal: INTERNAL,
  unavailable: [503, 'ServiceUnavailable'],
  timeout: [503, 'SlowDown'],
};

export interface S3Failure {
  /** Path of what was asked for. */
  readonly resource: string;
  readonly requestId: string;
}

/** What went wrong, as S3's clients read it; what is no refusal of ours tells nothing of itself. */
export function renderS3Error(error: unknown, about: S3Failure): RenderedError {
  const known = error instanceof AshlarError ? SHAPES[error.code] : undefined;
  if (known !== undefined && error instanceof AshlarError) return rendered(known, error.message, about);
  return renderS3DoorFailure(doorFailureOf(error), about);
}

/** What the door says on these paths. */
export function renderS3DoorFailure(failure: DoorFailure, about: S3Failure): RenderedError {
  const { kind, message, retryAfterSeconds } = failure;
  const answer = rendered(DOOR_SHAPES[kind], message, about);
  if (retryAfterSeconds === undefined) return answer;
  return { ...answer, headers: { ...answer.headers, 'retry-after': String(retryAfterSeconds) } };
}

function rendered([status, code]: Shape, message: string, { resource, requestId }: S3Failure): RenderedError {
  return {
    status,
    headers: { 'content-type': 'application/xml', 'cache-control': 'no-store' },
    body: errorDocument({ Code: code, Message: message, Resource: resource, RequestId: requestId }),
  };
}
