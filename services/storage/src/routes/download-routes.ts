import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { asCaller, asService } from '../adapters/database.ts';
import { readAddress } from '../adapters/url-tokens.ts';
import type { StorageParts } from '../application/visit.ts';
import { UNKNOWN_TYPE, isMediaType, safetyHeaders } from '../domain/content-type.ts';
import { isUnchanged, rangeOf } from '../domain/conditions.ts';
import { storageErrors } from '../domain/storage-errors.ts';
import { OBJECT_COLUMNS, type StoredObject } from '../domain/stored-object.ts';
import { renderError } from './wire-errors.ts';
import { type Target, queryOf, signedTargetOf, targetOf, visitOf } from './visit-of.ts';

const METHODS = ['GET', 'HEAD'];

export type Find = (request: FastifyRequest, target: Target) => Promise<StoredObject>;

/** Downloads as the caller: row-level security decides, or the bucket is everybody's. */
export function addDownloadRoutes(app: FastifyInstance, parts: StorageParts): void {
  const asReader = findAsCaller('storage.object.get_authenticated');
  for (const url of ['/object/:bucket/*', '/object/authenticated/:bucket/*']) {
    app.route({ method: METHODS, url, handler: (request, reply) => serve(request, reply, parts, asReader) });
  }
  const asInformed = findAsCaller('storage.object.info_authenticated');
  for (const url of ['/object/info/:bucket/*', '/object/info/authenticated/:bucket/*']) {
    app.route({ method: METHODS, url, handler: (request) => inform(request, asInformed) });
  }
}

/** Downloads that need no key: from public buckets, and with a signed address. */
export function addOpenDownloadRoutes(app: FastifyInstance, parts: StorageParts): void {
  app.route({
    method: METHODS,
    url: '/object/public/:bucket/*',
    handler: (request, reply) => serve(request, reply, parts, findPublic),
  });
  app.route({
    method: METHODS,
    url: '/object/info/public/:bucket/*',
    handler: (request) => inform(request, findPublic),
  });
  app.route({
    method: METHODS,
    url: '/object/sign/:bucket/*',
    handler: (request, reply) => serve(request, reply, parts, findSigned(parts), signedTargetOf(request)),
  });
}

export function findAsCaller(operation: string): Find {
  return async (request, { bucket, name }) => {
    const [seen] = await asCaller<StoredObject>(visitOf(request), {
      operation,
      text: `select row_to_json(r) from (select ${OBJECT_COLUMNS} from storage.objects o where o.bucket_id = $1 and o.name = $2) r`,
      values: [bucket, name],
      readOnly: true,
    });
    const found = seen ?? (await publicObject(request, { bucket, name }));
    if (found === undefined) throw storageErrors.noSuchKey();
    return found;
  };
}

export const findPublic: Find = async (request, target) => {
  const found = await publicObject(request, target);
  if (found !== undefined) return found;
  const [bucket] = await asService<{ public: boolean }>(
    request.ashlar.project.database,
    'select row_to_json(b) from storage.service_bucket($1) b',
    [target.bucket],
  );
  // A private bucket is as good as none: nobody learns of it here.
  throw bucket?.public === true ? storageErrors.noSuchKey() : storageErrors.noSuchBucket();
};

async function publicObject(request: FastifyRequest, { bucket, name }: Target): Promise<StoredObject | undefined> {
  const [found] = await asService<StoredObject>(
    request.ashlar.project.database,
    'select row_to_json(o) from storage.service_public_object($1, $2) o',
    [bucket, name],
  );
  return found;
}

function findSigned({ now }: StorageParts): Find {
  return async (request, { bucket, name }) => {
    const { project } = request.ashlar;
    await readAddress(project, queryOf(request, 'token'), 'download', `${bucket}/${name}`, now());
    const [found] = await asService<StoredObject>(
      project.database,
      'select row_to_json(o) from storage.service_object($1, $2) o',
      [bucket, name],
    );
    if (found === undefined) throw storageErrors.noSuchKey();
    return found;
  };
}

async function serve(
  request: FastifyRequest,
  reply: FastifyReply,
  parts: StorageParts,
  find: Find,
  target: Target = targetOf(request),
): Promise<FastifyReply> {
  const first = await find(request, target);
  const sent = await serveObject(request, reply, parts, first);
  if (sent !== null) return sent;
  // Replaced or removed between the look at the row and the file.
  const second = await find(request, target);
  const sentThen = await serveObject(request, reply, parts, second);
  if (sentThen === null) throw storageErrors.fileMissing({ id: second.id });
  return sentThen;
}

/** Null when the file is gone. */
async function serveObject(
  request: FastifyRequest,
  reply: FastifyReply,
  { files }: StorageParts,
  object: StoredObject,
): Promise<FastifyReply | null> {
  const place = { project: request.ashlar.project.ref, version: object.version ?? '' };
  const sizeBytes = await files.size(place);
  if (sizeBytes === null) return null;
  const validators = {
    etag: etagOf(object),
    lastModified: new Date(object.metadata?.lastModified ?? object.updated_at),
  };
  const { range: rangeHeader } = request.headers;
  if (isUnchanged(request.headers, validators)) {
    return reply
      .code(304)
      .headers(commonHeaders(request, object, validators))
      .send();
  }
  let range: ReturnType<typeof rangeOf>;
  try {
    range = rangeOf({ ...request.headers, range: rangeHeader, 'if-range': ifRangeOf(request) }, sizeBytes, validators);
  } catch (error) {
    // This one keeps its status: players and download managers know it and not our body.
    const { body, headers } = renderError(error);
    return reply
      .code(416)
      .headers({ ...headers, 'content-range': `bytes */${sizeBytes}` })
      .send(body);
  }
  const lengthBytes = range === null ? sizeBytes : range.end - range.start + 1;
  const headers = {
    ...commonHeaders(request, object, validators),
    'content-type': typeOf(object),
    'content-length': String(lengthBytes),
    ...(range === null ? {} : { 'content-range': `bytes ${range.start}-${range.end}/${sizeBytes}` }),
  };
  const status = range === null ? 200 : 206;
  if (request.method === 'HEAD') return reply.code(status).headers(headers).send();
  const stream = await files.read(place, range ?? undefined);
  return stream === null ? null : reply.code(status).headers(headers).send(stream);
}

function ifRangeOf({ headers }: FastifyRequest): string | undefined {
  const value = headers['if-range'];
  return typeof value === 'string' ? value : undefined;
}

async function inform(request: FastifyRequest, find: Find): Promise<object> {
  const object = await find(request, targetOf(request));
  const { id, name, version, bucket_id, metadata, user_metadata } = object;
  return {
    id,
    name,
    version,
    bucket_id,
    size: metadata?.size ?? null,
    content_type: metadata?.mimetype ?? null,
    cache_control: metadata?.cacheControl ?? null,
    etag: metadata?.eTag ?? null,
    metadata: user_metadata ?? {},
    last_modified: metadata?.lastModified ?? new Date(object.updated_at).toISOString(),
    created_at: new Date(object.created_at).toISOString(),
  };
}

const HEADER_TEXT = /^[\x20-\x7e]{1,1024}$/;
const ETAG = /^"[\x21\x23-\x7e]{0,128}"$/;

/** Rows can be written by SQL: a tag that is none is made of the version. */
export function etagOf({ metadata, version, id }: Pick<StoredObject, 'metadata' | 'version' | 'id'>): string {
  const tag = metadata?.eTag;
  return typeof tag === 'string' && ETAG.test(tag) ? tag : `"${/^[\w-]+$/.test(version ?? '') ? version : id}"`;
}

export function typeOf({ metadata }: Pick<StoredObject, 'metadata'>): string {
  const type = metadata?.mimetype;
  return typeof type === 'string' && isMediaType(type) ? type : UNKNOWN_TYPE;
}

export function commonHeaders(
  request: FastifyRequest,
  object: StoredObject,
  { etag, lastModified }: { readonly etag: string; readonly lastModified: Date },
): Readonly<Record<string, string>> {
  const cacheControl = object.metadata?.cacheControl;
  return {
    ...safetyHeaders(typeOf(object)),
    etag,
    ...(Number.isNaN(lastModified.getTime()) ? {} : { 'last-modified': lastModified.toUTCString() }),
    'accept-ranges': 'bytes',
    'cache-control': typeof cacheControl === 'string' && HEADER_TEXT.test(cacheControl) ? cacheControl : 'no-cache',
    ...disposition(request),
  };
}

function disposition(request: FastifyRequest): Readonly<Record<string, string>> {
  const name = queryOf(request, 'download');
  if (name === undefined) return {};
  if (name === '' || !name.isWellFormed()) return { 'content-disposition': 'attachment;' };
  const encoded = encodeURIComponent(name).replaceAll(/['()*]/g, (letter) => `%${letter.charCodeAt(0).toString(16)}`);
  return { 'content-disposition': `attachment; filename=${encoded}; filename*=UTF-8''${encoded};` };
}
