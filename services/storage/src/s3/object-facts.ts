import type { NewObject } from '../application/store-object.ts';
import { isMediaType } from '../domain/content-type.ts';
import { storageErrors } from '../domain/storage-errors.ts';
import type { ObjectMetadata } from '../domain/stored-object.ts';
import { headerOf, type S3Call } from './s3-call.ts';
import { s3Errors } from './s3-errors.ts';
import { utf8 } from './utf8.ts';

/** What the headers of an upload say of the object to be. */
export interface ObjectFacts extends Pick<NewObject, 'contentType' | 'cacheControl' | 'userMetadata'> {
  /** Headers the object comes back with. */
  readonly kept: ObjectMetadata;
}

const META_PREFIX = 'x-amz-meta-';
const META_NAME = /^[\w!#$&'*+.^`|~-]{1,128}$/;
/** Of names and values together, as S3 has it. */
const MAX_META_BYTES = 2_048;
/** Objects of other doors may have more than clients take as headers. */
const MAX_SENT_META_BYTES = 4_096;
const HEADER_TEXT = /^[ -~]{1,1024}$/;
const CACHE_CONTROL = /^[\w=\-, "]{1,255}$/;
const NO_CACHE = 'no-cache';
/** Asked for and not kept they would be a promise broken. */
const REFUSED = [
  'x-amz-tagging',
  'x-amz-website-redirect-location',
  'x-amz-object-lock-mode',
  'x-amz-object-lock-retain-until-date',
  'x-amz-object-lock-legal-hold',
  'x-amz-server-side-encryption-customer-algorithm',
  'x-amz-write-offset-bytes',
];

/** @throws {AshlarError} `storage.invalid_mime_type`, `s3.invalid_argument`, `s3.metadata_too_large`. */
export function readFacts(call: S3Call): ObjectFacts {
  for (const name of REFUSED) {
    if (given(call, name) !== undefined) throw s3Errors.notImplemented({ feature: `The header ${name}` });
  }
  const contentType = headerOf(call, 'content-type');
  if (contentType !== undefined && contentType !== '' && !isMediaType(contentType)) {
    throw storageErrors.invalidMimeType({ type: contentType.slice(0, 255) });
  }
  const cacheControl = headerOf(call, 'cache-control') ?? '';
  const encoding = (headerOf(call, 'content-encoding') ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '' && part !== 'aws-chunked');
  return {
    contentType: contentType === '' ? undefined : contentType,
    cacheControl: CACHE_CONTROL.test(cacheControl) ? cacheControl : NO_CACHE,
    userMetadata: readUserMetadata(call),
    kept: {
      ...kept('contentDisposition', headerOf(call, 'content-disposition')),
      ...kept('contentEncoding', encoding.length === 0 ? undefined : encoding.join(', ')),
      ...kept('contentLanguage', headerOf(call, 'content-language')),
      ...kept('expires', headerOf(call, 'expires')),
    },
  };
}

function kept(name: keyof ObjectMetadata, value: string | undefined): ObjectMetadata {
  if (value === undefined) return {};
  if (!HEADER_TEXT.test(value)) throw s3Errors.invalidArgument({ name });
  return { [name]: value };
}

/** As a header, or as a signed address has it, in the query. */
function given(call: S3Call, name: string): string | undefined {
  return headerOf(call, name) ?? (call.authentication.isPresigned ? call.target.parameters.get(name) : undefined);
}

function readUserMetadata(call: S3Call): Readonly<Record<string, string>> | null {
  const inQuery = call.authentication.isPresigned ? call.target.query : [];
  const inHeaders = Object.entries(call.request.headers).map(([name, value]) => [name, utf8(String(value))] as const);
  const entries = [...inQuery, ...inHeaders].flatMap(([name, value]): (readonly [string, string])[] => {
    const lower = name.toLowerCase();
    return lower.startsWith(META_PREFIX) ? [[lower.slice(META_PREFIX.length), value]] : [];
  });
  if (entries.length === 0) return null;
  const bytes = entries.reduce((sum, [name, value]) => sum + name.length + Buffer.byteLength(value), 0);
  if (bytes > MAX_META_BYTES) throw s3Errors.metadataTooLarge();
  if (!entries.every(([name, value]) => META_NAME.test(name) && !value.includes('\0'))) {
    throw s3Errors.invalidArgument({ name: 'x-amz-meta' });
  }
  return Object.fromEntries(entries);
}

/** User metadata as headers; what no header can hold is left out and counted. */
export function metadataHeaders(metadata: Readonly<Record<string, unknown>> | null): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {};
  let missing = 0;
  let bytes = 0;
  for (const [name, value] of Object.entries(metadata ?? {})) {
    const isPlain = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
    const text = Buffer.from(String(value)).toString('latin1');
    const isFine = isPlain && META_NAME.test(name) && /^[ -~\x80-\xff]*$/.test(text);
    const size = name.length + text.length;
    if (!isFine || bytes + size > MAX_SENT_META_BYTES) {
      missing += 1;
    } else {
      bytes += size;
      headers[META_PREFIX + name.toLowerCase()] = text;
    }
  }
  return missing === 0 ? headers : { ...headers, 'x-amz-missing-meta': String(missing) };
}
