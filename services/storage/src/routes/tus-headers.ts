import { servicePrefix } from '@ashlar/service';
import type { FastifyRequest } from 'fastify';
import type { NewObject } from '../application/store-object.ts';
import { checkBucketName, checkObjectKey, isText } from '../domain/object-key.ts';
import { parseUploadMetadata, type ResumableUpload } from '../domain/resumable-upload.ts';
import { storageErrors } from '../domain/storage-errors.ts';
import { mediaTypeOf, parseMetadata } from './read-upload.ts';
import type { Target } from './visit-of.ts';

const VERSION = '1.0.0';
const EXTENSIONS = 'creation,creation-with-upload,creation-defer-length,termination,expiration';
export const CHUNK_TYPE = 'application/offset+octet-stream';
const SECONDS = /^\d{1,10}$/;
const MAX_AGE = /^max-age=(\d+)$/;

export function protocolHeaders(maxBytes: number, describes: boolean): Readonly<Record<string, string>> {
  const own = { 'tus-resumable': VERSION };
  if (!describes) return own;
  return { ...own, 'tus-version': VERSION, 'tus-extension': EXTENSIONS, 'tus-max-size': String(maxBytes) };
}

/** @throws {AshlarError} `storage.protocol_version`. */
export function checkVersion({ headers }: FastifyRequest): void {
  if (headers['tus-resumable'] !== VERSION) throw storageErrors.protocolVersion({ version: VERSION });
}

/** @throws {AshlarError} `storage.invalid_request` for what is no whole number of bytes. */
export function numberHeader({ headers }: FastifyRequest, name: string): number | null {
  const text = headers[name];
  if (text === undefined) return null;
  if (typeof text === 'string' && /^\d{1,15}$/.test(text)) return Number(text);
  throw storageErrors.invalidRequest({ detail: `${name} is not valid: it is a number of bytes` });
}

/** Null when the client says it later. @throws {AshlarError} `storage.invalid_request`. */
export function uploadLengthOf(request: FastifyRequest): number | null {
  if (request.headers['upload-concat'] !== undefined) {
    throw storageErrors.invalidRequest({ detail: 'Upload-Concat is not supported' });
  }
  const length = numberHeader(request, 'upload-length');
  const isDeferred = request.headers['upload-defer-length'] === '1';
  if ((length === null) !== isDeferred) {
    throw storageErrors.invalidRequest({ detail: 'Either Upload-Length or Upload-Defer-Length: 1 is needed' });
  }
  return length;
}

export function declaredBytes(request: FastifyRequest): number | null {
  return numberHeader(request, 'content-length');
}

type Facts = Pick<NewObject, 'contentType' | 'cacheControl' | 'userMetadata'>;

/** What `Upload-Metadata` says of the object to be. @throws {AshlarError} `storage.*` for what it lacks. */
export function newUploadOf({ headers }: FastifyRequest): Facts & { readonly target: Target } {
  const header = headers['upload-metadata'];
  const pairs = parseUploadMetadata(typeof header === 'string' ? header : '');
  for (const [name, value] of pairs) {
    if (!isText(value)) throw storageErrors.invalidRequest({ detail: `Upload-Metadata: ${name} is no text` });
  }
  const cacheControl = pairs.get('cacheControl') ?? '';
  const metadata = pairs.get('metadata') ?? '';
  return {
    target: {
      bucket: checkBucketName(pairs.get('bucketName') ?? ''),
      name: checkObjectKey(pairs.get('objectName') ?? ''),
    },
    contentType: mediaTypeOf(pairs.get('contentType')),
    cacheControl: SECONDS.test(cacheControl) ? `max-age=${cacheControl}` : 'no-cache',
    userMetadata: metadata === '' ? null : parseMetadata(metadata),
  };
}

/** `bucket/name/id`: names have no letters that two readers of base64 could disagree on. */
export function locationOf(
  { ashlar }: FastifyRequest,
  { bucket_id: bucket, name, id }: ResumableUpload,
  isSigned: boolean,
): string {
  const encoded = Buffer.from(`${bucket}/${name}/${id}`).toString('base64url');
  return `${ashlar.publicUrl}${servicePrefix('storage')}/upload/resumable${isSigned ? '/sign' : ''}/${encoded}`;
}

const ADDRESS = /^([^/]+)\/(.+)\/([0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})$/;

/** @throws {AshlarError} `storage.no_such_upload`. */
export function idOf({ params }: FastifyRequest): { readonly id: string; readonly target: Target } {
  const { id: encoded = '' } = params as { readonly id?: string };
  const [, bucket, name, id] = ADDRESS.exec(Buffer.from(encoded, 'base64url').toString()) ?? [];
  if (bucket === undefined || name === undefined || id === undefined) throw storageErrors.noSuchUpload();
  return { id, target: { bucket, name } };
}

export function methodOf({ method, headers }: FastifyRequest): string {
  const wanted = headers['x-http-method-override'];
  return method === 'POST' && typeof wanted === 'string' ? wanted.toUpperCase() : method;
}

export function uploadHeaders(upload: ResumableUpload): Readonly<Record<string, string>> {
  const length = upload.length_bytes;
  return {
    ...(length === null ? { 'upload-defer-length': '1' } : { 'upload-length': String(length) }),
    'upload-expires': new Date(upload.expires_at).toUTCString(),
    'upload-metadata': metadataOf(upload),
  };
}

function metadataOf(upload: ResumableUpload): string {
  const seconds = MAX_AGE.exec(upload.cache_control)?.[1];
  const pairs: Readonly<Record<string, string | undefined>> = {
    bucketName: upload.bucket_id,
    objectName: upload.name,
    contentType: upload.content_type ?? undefined,
    cacheControl: seconds,
    metadata: upload.user_metadata === null ? undefined : JSON.stringify(upload.user_metadata),
  };
  return Object.entries(pairs)
    .flatMap(([key, value]) => (value === undefined ? [] : `${key} ${Buffer.from(value).toString('base64')}`))
    .join(',');
}
