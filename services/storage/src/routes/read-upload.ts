import { Readable } from 'node:stream';
import type { FastifyRequest } from 'fastify';
import { isMediaType } from '../domain/content-type.ts';
import { storageErrors } from '../domain/storage-errors.ts';
import { boundaryOf, readUploadForm } from './multipart.ts';

/** What an upload says of its file, and the file. */
export interface Upload {
  readonly contentType: string | undefined;
  readonly cacheControl: string;
  readonly userMetadata: Readonly<Record<string, unknown>> | null;
  /** Of the file, where it is known beforehand. */
  readonly declaredBytes: number | null;
  readonly bytes: AsyncIterator<Buffer>;
}

const NO_CACHE = 'no-cache';
// One directive after the other, in visible letters: a stored value becomes a header.
const CACHE_CONTROL = /^[\w=\-, "]{1,255}$/;
const SECONDS = /^\d{1,10}$/;

/** Reads a form or a raw body up to the first byte of the file. @throws {AshlarError} `storage.*` for what is neither. */
export async function readUpload(request: FastifyRequest): Promise<Upload> {
  const contentType = request.headers['content-type'];
  const body = bytesOf(request);
  const boundary = boundaryOf(contentType);
  if (boundary === null) {
    return {
      contentType: mediaTypeOf(contentType),
      cacheControl: cacheControlOf(request.headers['cache-control']),
      userMetadata: metadataHeader(request),
      declaredBytes: declaredLength(request),
      bytes: body[Symbol.asyncIterator](),
    };
  }
  const form = await readUploadForm(body, boundary);
  const seconds = form.fields.get('cacheControl');
  const metadata = form.fields.get('metadata');
  return {
    contentType: mediaTypeOf(form.fields.get('contentType') ?? form.contentType),
    cacheControl: seconds !== undefined && SECONDS.test(seconds) ? `max-age=${seconds}` : cacheControlOf(seconds),
    userMetadata: metadata === undefined ? metadataHeader(request) : parseMetadata(metadata),
    declaredBytes: null,
    bytes: form.file,
  };
}

function declaredLength({ headers }: FastifyRequest): number | null {
  const length = headers['content-length'];
  return length === undefined ? null : Number(length);
}

/** What headers say of an object that is stored already. */
export function readHeaderFacts(request: FastifyRequest): Pick<Upload, 'cacheControl' | 'userMetadata'> {
  return {
    cacheControl: cacheControlOf(request.headers['cache-control']),
    userMetadata: metadataHeader(request),
  };
}

/** The body's chunks. Who stops early leaves the request open, so that it can still be answered. */
export function bytesOf({ body }: FastifyRequest): AsyncIterable<Buffer> {
  if (!(body instanceof Readable)) return Readable.from([]);
  return { [Symbol.asyncIterator]: () => body.iterator({ destroyOnReturn: false })[Symbol.asyncIterator]() };
}

export function mediaTypeOf(text: string | undefined): string | undefined {
  if (text === undefined || text === '') return undefined;
  if (!isMediaType(text)) throw storageErrors.invalidMimeType({ type: text.slice(0, 255) });
  return text;
}

function cacheControlOf(text: string | undefined): string {
  return text !== undefined && CACHE_CONTROL.test(text) ? text : NO_CACHE;
}

function metadataHeader({ headers }: FastifyRequest): Upload['userMetadata'] {
  const encoded = headers['x-metadata'];
  return typeof encoded === 'string' ? parseMetadata(Buffer.from(encoded, 'base64').toString()) : null;
}

export function parseMetadata(text: string): Upload['userMetadata'] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // Below: text that is no JSON is no object either.
  }
  // PostgreSQL's jsonb has no NUL.
  const isFine = typeof value === 'object' && value !== null && !Array.isArray(value) && !text.includes('\\u0000');
  if (!isFine) throw storageErrors.invalidRequest({ detail: 'metadata is not valid: it is a JSON object' });
  // Checked to be an object just above.
  return value as Upload['userMetadata'];
}
