import { defineErrors, type ErrorFactory } from '@ashlar/kernel';

// Titles are the sentences clients and their test suites compare, so they follow Supabase Storage word for word.
const catalogue = {
  noSuchBucket: { kind: 'not_found', title: 'Bucket not found' },
  noSuchKey: { kind: 'not_found', title: 'Object not found' },
  keyAlreadyExists: { kind: 'conflict', title: 'The resource already exists' },
  bucketAlreadyExists: { kind: 'conflict', title: 'The resource already exists' },
  bucketNotEmpty: { kind: 'conflict', title: 'The bucket you tried to delete is not empty' },
  accessDenied: { kind: 'forbidden', title: '{detail}' },
  missingAuthorization: { kind: 'malformed', title: "headers must have required property 'authorization'" },
  invalidJwt: { kind: 'malformed', title: '{detail}' },
  invalidSignature: { kind: 'malformed', title: 'Invalid signature' },
  invalidUploadSignature: { kind: 'malformed', title: 'Invalid signature' },
  invalidKey: { kind: 'malformed', title: 'Invalid key: {key}' },
  invalidBucketName: { kind: 'malformed', title: 'Bucket name invalid' },
  invalidMimeType: { kind: 'unprocessable', title: 'mime type {type} is not supported' },
  entityTooLarge: { kind: 'too_large', title: 'The object exceeded the maximum allowed size' },
  invalidRequest: { kind: 'malformed', title: '{detail}' },
  noContentProvided: { kind: 'malformed', title: 'No content provided' },
  invalidRange: { kind: 'malformed', title: 'The requested range is not within the object' },
  notFound: { kind: 'not_found', title: 'Route {method}:{path} not found' },
  featureNotEnabled: { kind: 'malformed', title: '{feature} is not available on this server' },
  noSuchAccessKey: { kind: 'not_found', title: 'Access key not found' },
  quotaExceeded: { kind: 'too_large', title: '{detail}' },
  noSuchUpload: { kind: 'not_found', title: 'Upload not found' },
  uploadExpired: { kind: 'not_found', title: 'The upload has expired' },
  uploadLocked: { kind: 'conflict', title: 'Another request is writing to this upload', retryable: true },
  tooManyUploads: { kind: 'rate_limited', title: 'There are {most} unfinished uploads already' },
  offsetMismatch: { kind: 'conflict', title: 'The upload has {offset} bytes, not {found}' },
  protocolVersion: { kind: 'malformed', title: 'Tus-Resumable has to be {version}' },
  chunkType: { kind: 'malformed', title: 'Content-Type has to be application/offset+octet-stream' },
  imagesBusy: { kind: 'unavailable', title: 'Too many pictures are being made', retryable: true },
  imageTooCostly: { kind: 'unprocessable', title: 'The picture takes too long or too much memory to be transformed' },
  databaseTimeout: { kind: 'timeout', title: 'The database took too long to answer', retryable: true },
  filesUnreachable: {
    kind: 'unavailable',
    title: 'The place where the files are kept cannot be reached',
    hint: 'The log says why; nothing that was stored is lost',
    retryable: true,
  },
  fileMissing: { kind: 'internal', title: 'The file of object {id} is missing' },
} as const;

/** Every refusal of this service; `routes/wire-errors.ts` says with which status and code a client hears it. */
export const storageErrors: { readonly [Name in keyof typeof catalogue]: ErrorFactory } = defineErrors(
  'storage',
  catalogue,
);
