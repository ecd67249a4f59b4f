import { rangeOf, type Validators } from '../domain/conditions.ts';
import { isMediaType, safetyHeaders } from '../domain/content-type.ts';
import { storageErrors } from '../domain/storage-errors.ts';
import type { StoredObject } from '../domain/stored-object.ts';
import { readObject } from '../routes/change-routes.ts';
import { etagOf, typeOf } from '../routes/download-routes.ts';
import { CHECKSUM_PREFIX, parseChecksum } from './checksums.ts';
import { MAX_PART_NUMBER } from './multipart-uploads.ts';
import { metadataHeaders } from './object-facts.ts';
import { checkNoRange, type NumberedPart, partCountOf, partOf } from './part-sizes.ts';
import { judgeRead } from './preconditions.ts';
import { headerOf, integerOf, objectOf, type Operation, type S3Answer, type S3Call, xmlAnswer } from './s3-call.ts';
import { s3Errors } from './s3-errors.ts';
import { element, xmlDocument } from './write-xml.ts';

const HEADER_TEXT = /^[ -~]{1,1024}$/;

export const getObject: Operation = (call) => answerObject(call, 'storage.s3.object.get');
export const headObject: Operation = (call) => answerObject(call, 'storage.s3.object.info');

export function validatorsOf(object: StoredObject): Validators {
  return { etag: etagOf(object), lastModified: new Date(object.metadata?.lastModified ?? object.updated_at) };
}

async function answerObject(call: S3Call, operation: string): Promise<S3Answer> {
  const { bucket, name } = objectOf(call);
  for (let attempt = 1; ; attempt += 1) {
    const object = await readObject(call.visit, operation, bucket, name);
    const answer = await tryAnswer(call, object);
    if (answer !== null) return answer;
    // Replaced or removed between the look at the row and the file.
    if (attempt === 2) throw storageErrors.fileMissing({ id: object.id });
  }
}

/** Null when the file is gone. */
async function tryAnswer(call: S3Call, object: StoredObject): Promise<S3Answer | null> {
  const { request, parts, visit } = call;
  const place = { project: visit.context.project.ref, version: object.version ?? '' };
  const sizeBytes = await parts.files.size(place);
  if (sizeBytes === null) return null;
  const validators = validatorsOf(object);
  const headers = { ...commonHeaders(call, object, validators) };
  if (judgeRead(request.headers, validators) === 'not-modified') return { status: 304, headers };
  const { range, count } = rangeAsked(call, object, sizeBytes, validators);
  const lengthBytes = range === null ? sizeBytes : range.end - range.start + 1;
  const described = {
    ...headers,
    'content-type': responseType(call, object),
    'content-length': String(lengthBytes),
    ...(range === null
      ? checksumHeaders(call, object)
      : { 'content-range': `bytes ${range.start}-${range.end}/${sizeBytes}` }),
    ...(count === null ? {} : { 'x-amz-mp-parts-count': String(count) }),
  };
  const status = range === null ? 200 : 206;
  if (request.method === 'HEAD') return { status, headers: described };
  const body = await parts.files.read(place, range ?? undefined);
  return body === null ? null : { status, headers: described, body };
}

/** The bytes of a range or of a part; without a range the whole. */
function rangeAsked(call: S3Call, { metadata }: StoredObject, sizeBytes: number, validators: Validators): NumberedPart {
  const range = headerOf(call, 'range');
  if (!call.target.parameters.has('partNumber')) {
    return { range: rangeOf({ range, 'if-range': headerOf(call, 'if-range') }, sizeBytes, validators), count: null };
  }
  checkNoRange(range);
  return partOf(metadata, integerOf(call, 'partNumber', { min: 1, max: MAX_PART_NUMBER }), sizeBytes);
}

/** A signed address may ask for other headers than the object's; they are as safe as its own. */
function asked({ target }: S3Call, name: string): string | undefined {
  const value = target.parameters.get(`response-${name}`);
  if (value !== undefined && !HEADER_TEXT.test(value)) throw s3Errors.invalidArgument({ name: `response-${name}` });
  return value;
}

function responseType(call: S3Call, object: StoredObject): string {
  const type = asked(call, 'content-type');
  return type !== undefined && isMediaType(type) ? type : typeOf(object);
}

function commonHeaders(call: S3Call, object: StoredObject, { etag, lastModified }: Validators): Record<string, string> {
  const safety = safetyHeaders(responseType(call, object));
  const metadata = object.metadata ?? {};
  const own = {
    'cache-control': asked(call, 'cache-control') ?? metadata.cacheControl ?? 'no-cache',
    'content-encoding': asked(call, 'content-encoding') ?? metadata.contentEncoding,
    'content-language': asked(call, 'content-language') ?? metadata.contentLanguage,
    expires: asked(call, 'expires') ?? metadata.expires,
    'content-disposition': disposition(call, object, safety['content-disposition']),
  };
  const plain = Object.entries(own).filter(([, value]) => typeof value === 'string' && HEADER_TEXT.test(value));
  return {
    ...safety,
    ...(Object.fromEntries(plain) as Record<string, string>),
    ...metadataHeaders(object.user_metadata),
    etag,
    ...(Number.isNaN(lastModified.getTime()) ? {} : { 'last-modified': lastModified.toUTCString() }),
    'accept-ranges': 'bytes',
  };
}

/** What is made to run is saved, whatever else was asked for. */
function disposition(call: S3Call, { metadata }: StoredObject, forced: string | undefined): string | undefined {
  const wanted = asked(call, 'content-disposition') ?? metadata?.contentDisposition;
  if (forced === undefined || wanted === undefined) return forced ?? wanted;
  return /^attachment(?:;|$)/i.test(wanted) ? wanted : forced;
}

function checksumHeaders(call: S3Call, { metadata }: StoredObject): Readonly<Record<string, string>> {
  const checksum = parseChecksum(metadata?.checksum);
  if (checksum === null || headerOf(call, 'x-amz-checksum-mode')?.toUpperCase() !== 'ENABLED') return {};
  return { [CHECKSUM_PREFIX + checksum.algorithm]: checksum.value, 'x-amz-checksum-type': 'FULL_OBJECT' };
}

export const getObjectAttributes: Operation = async (call) => {
  const { bucket, name } = objectOf(call);
  const wanted = new Set((headerOf(call, 'x-amz-object-attributes') ?? '').split(',').map((word) => word.trim()));
  const object = await readObject(call.visit, 'storage.s3.object.get_attributes', bucket, name);
  const { etag, lastModified } = validatorsOf(object);
  const checksum = parseChecksum(object.metadata?.checksum);
  const partCount = partCountOf(object.metadata);
  const members = [
    wanted.has('ETag') ? element('ETag', etag.replaceAll('"', '')) : null,
    wanted.has('Checksum') && checksum !== null
      ? element('Checksum', element(`Checksum${checksum.algorithm.toUpperCase()}`, checksum.value))
      : null,
    wanted.has('ObjectParts') && partCount !== null ? element('ObjectParts', element('PartsCount', partCount)) : null,
    wanted.has('StorageClass') ? element('StorageClass', 'STANDARD') : null,
    wanted.has('ObjectSize') ? element('ObjectSize', object.metadata?.size ?? 0) : null,
  ];
  return xmlAnswer(xmlDocument('GetObjectAttributesResponse', members), {
    'last-modified': lastModified.toUTCString(),
  });
};

/** Objects have no tags. */
export const getObjectTagging: Operation = async (call) => {
  const { bucket, name } = objectOf(call);
  await readObject(call.visit, 'storage.s3.object.get_tagging', bucket, name);
  return xmlAnswer(xmlDocument('Tagging', element('TagSet')));
};
