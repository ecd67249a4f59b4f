import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { asCaller, type Visit } from '../adapters/database.ts';
import { ownerOf } from '../application/store-object.ts';
import type { StorageParts } from '../application/visit.ts';
import { checkMimeRanges, parseSizeLimit } from '../domain/bucket-rules.ts';
import { checkBucketName } from '../domain/object-key.ts';
import { storageErrors } from '../domain/storage-errors.ts';
import { wireTimes } from '../domain/stored-object.ts';
import { parseInput, readJson } from './read-json.ts';
import { bucketOf, visitOf } from './visit-of.ts';

const MAX_MIME_TYPES = 100;
const MAX_BUCKETS = 1_000;
/** Objects removed in one statement. */
const EMPTY_BATCH = 1_000;

const sizeLimit = z.union([z.number().int().min(0), z.string().max(32)]).nullish();
const mimeTypes = z.array(z.string().max(255)).max(MAX_MIME_TYPES).nullish();

const newBucket = z.object({
  name: z.string().max(1024),
  id: z.string().max(1024).optional(),
  public: z.boolean().optional(),
  file_size_limit: sizeLimit,
  allowed_mime_types: mimeTypes,
  quota_bytes: sizeLimit,
  type: z.enum(['STANDARD', 'ANALYTICS', 'VECTOR']).optional(),
});
const changes = z.object({
  public: z.boolean().optional(),
  file_size_limit: sizeLimit,
  allowed_mime_types: mimeTypes,
  quota_bytes: sizeLimit,
});

const page = z.object({
  limit: z.coerce.number().int().min(1).max(MAX_BUCKETS).default(MAX_BUCKETS),
  offset: z.coerce.number().int().min(0).max(1_000_000).default(0),
  sortColumn: z.enum(['id', 'name', 'created_at', 'updated_at']).default('name'),
  sortOrder: z.enum(['asc', 'desc']).default('asc'),
  search: z.string().max(1024).default(''),
});

const COLUMNS =
  'b.id, b.name, b.owner, b.public, b.file_size_limit, b.allowed_mime_types, b.quota_bytes, b.created_at, b.updated_at, b.type';

interface Bucket {
  readonly id: string;
  readonly created_at: string | null;
  readonly updated_at: string | null;
}

/** Buckets: every right is the caller's to rows of `storage.buckets`. */
export function addBucketRoutes(app: FastifyInstance, parts: StorageParts): void {
  for (const url of ['/bucket', '/bucket/']) {
    app.post(url, (request) => createBucket(request, parts));
    app.get(url, listBuckets);
  }
  app.get('/bucket/:bucket', async (request) => {
    const bucket = await readBucket(visitOf(request), 'storage.bucket.get', bucketOf(request));
    return wireTimes(bucket);
  });
  app.put('/bucket/:bucket', (request) => updateBucket(request, parts));
  app.delete('/bucket/:bucket', deleteBucket);
  app.post('/bucket/:bucket/empty', (request) => emptyBucket(request, parts));
}

async function createBucket(request: FastifyRequest, parts: StorageParts): Promise<object> {
  const body = await readJson(request, newBucket);
  if (body.type !== undefined && body.type !== 'STANDARD') {
    throw storageErrors.featureNotEnabled({ feature: `A bucket of type ${body.type}` });
  }
  const name = checkBucketName(body.name);
  const visit = visitOf(request);
  const values = {
    id: checkBucketName(body.id ?? name),
    name,
    owner: ownerOf(visit),
    public: body.public ?? false,
    ...rulesOf(body, parts),
  };
  await asCaller(visit, {
    operation: 'storage.bucket.create',
    text: `with made as (
        insert into storage.buckets (id, name, owner, owner_id, public, file_size_limit, quota_bytes, allowed_mime_types)
        select f ->> 'id', f ->> 'name',
               case when f ->> 'owner' ~* '^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$' then (f ->> 'owner')::uuid end,
               f ->> 'owner', (f ->> 'public')::boolean, (f ->> 'file_size_limit')::bigint,
               (f ->> 'quota_bytes')::bigint,
               case when jsonb_typeof(f -> 'allowed_mime_types') = 'array'
                    then array(select jsonb_array_elements_text(f -> 'allowed_mime_types')) end
          from (select $1::jsonb as f) facts)
      select 'true'::json`,
    values: [JSON.stringify(values)],
  });
  return { name: values.id };
}

function rulesOf(
  { file_size_limit: size, allowed_mime_types: types, quota_bytes: quota }: z.infer<typeof changes>,
  { fileSizeLimitBytes }: StorageParts,
): {
  readonly file_size_limit?: number | null;
  readonly quota_bytes?: number | null;
  readonly allowed_mime_types?: readonly string[] | null;
} {
  const bytes = size === undefined ? undefined : parseSizeLimit(size);
  if (bytes !== undefined && bytes !== null && bytes > fileSizeLimitBytes) throw storageErrors.entityTooLarge();
  return {
    ...(bytes === undefined ? {} : { file_size_limit: bytes }),
    ...(quota === undefined ? {} : { quota_bytes: parseSizeLimit(quota) }),
    ...(types === undefined ? {} : { allowed_mime_types: checkMimeRanges(types) }),
  };
}

async function listBuckets(request: FastifyRequest): Promise<object> {
  const { limit, offset, sortColumn, sortOrder, search } = parseInput(page, request.query, 'querystring');
  const buckets = await asCaller<Bucket>(visitOf(request), {
    operation: 'storage.bucket.list',
    // Column and order are words of the schema above.
    text: `select row_to_json(r) from (
        select ${COLUMNS} from storage.buckets b where position(lower($1) in lower(b.name)) > 0
         order by b.${sortColumn} ${sortOrder}, b.id limit $2 offset $3) r`,
    values: [search, String(limit), String(offset)],
    readOnly: true,
  });
  return buckets.map(wireTimes);
}

/** @throws {AshlarError} `storage.no_such_bucket` when the caller sees none. */
async function readBucket(visit: Visit, operation: string, id: string): Promise<Bucket> {
  const [bucket] = await asCaller<Bucket>(visit, {
    operation,
    text: `select row_to_json(r) from (select ${COLUMNS} from storage.buckets b where b.id = $1) r`,
    values: [id],
    readOnly: true,
  });
  if (bucket === undefined) throw storageErrors.noSuchBucket();
  return bucket;
}

async function updateBucket(request: FastifyRequest, parts: StorageParts): Promise<object> {
  const body = await readJson(request, changes);
  const isPublic = body.public === undefined ? {} : { public: body.public };
  const updated = await asCaller(visitOf(request), {
    operation: 'storage.bucket.update',
    text: `with done as (
        update storage.buckets b
           set public = case when f ? 'public' then (f ->> 'public')::boolean else b.public end,
               file_size_limit = case when f ? 'file_size_limit' then (f ->> 'file_size_limit')::bigint
                                      else b.file_size_limit end,
               quota_bytes = case when f ? 'quota_bytes' then (f ->> 'quota_bytes')::bigint else b.quota_bytes end,
               allowed_mime_types = case
                 when not f ? 'allowed_mime_types' then b.allowed_mime_types
                 when jsonb_typeof(f -> 'allowed_mime_types') = 'array'
                   then array(select jsonb_array_elements_text(f -> 'allowed_mime_types')) end
          from (select $2::jsonb as f) facts where b.id = $1 returning b.id)
      select to_json(id) from done`,
    values: [bucketOf(request), JSON.stringify({ ...isPublic, ...rulesOf(body, parts) })],
  });
  if (updated.length === 0) throw storageErrors.noSuchBucket();
  return { message: 'Successfully updated' };
}

async function deleteBucket(request: FastifyRequest): Promise<object> {
  await readJson(request, z.looseObject({}));
  const deleted = await asCaller(visitOf(request), {
    operation: 'storage.bucket.delete',
    text: 'with gone as (delete from storage.buckets b where b.id = $1 returning b.id) select to_json(id) from gone',
    values: [bucketOf(request)],
    isDelete: true,
  });
  if (deleted.length === 0) throw storageErrors.noSuchBucket();
  return { message: 'Successfully deleted' };
}

async function emptyBucket(request: FastifyRequest, { sweeper }: StorageParts): Promise<object> {
  await readJson(request, z.looseObject({}));
  const visit = visitOf(request);
  const { id } = await readBucket(visit, 'storage.bucket.empty', bucketOf(request));
  for (;;) {
    const gone = await asCaller(visit, {
      operation: 'storage.bucket.empty',
      text: `with gone as (
          delete from storage.objects o
           where o.id in (select id from storage.objects where bucket_id = $1 limit ${EMPTY_BATCH}) returning o.id)
        select to_json(id) from gone`,
      values: [id],
      isDelete: true,
    });
    sweeper.collect(request.ashlar.project);
    if (gone.length < EMPTY_BATCH) break;
  }
  return { message: 'Empty bucket has been queued. Completion may take up to an hour.' };
}
