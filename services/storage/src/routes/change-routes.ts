import { randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { asCaller, type Visit } from '../adapters/database.ts';
import { checkMayStore, ownerOf, putRow, readBucketRules } from '../application/store-object.ts';
import type { StorageParts } from '../application/visit.ts';
import { type BucketRules, checkMimeType } from '../domain/bucket-rules.ts';
import { UNKNOWN_TYPE } from '../domain/content-type.ts';
import { checkBucketName, checkObjectKey } from '../domain/object-key.ts';
import { storageErrors } from '../domain/storage-errors.ts';
import { OBJECT_COLUMNS, type ObjectMetadata, type StoredObject, wireTimes } from '../domain/stored-object.ts';
import { readJson } from './read-json.ts';
import { readHeaderFacts } from './read-upload.ts';
import { bucketOf, targetOf, visitOf } from './visit-of.ts';

const MAX_REMOVED = 1_000;
const key = z.string().min(1).max(4_096);

const relocation = z.object({
  bucketId: z.string().max(1_024),
  sourceKey: key,
  destinationKey: key,
  destinationBucket: z.string().max(1_024).nullish(),
});
const duplication = relocation.extend({ copyMetadata: z.boolean().default(true) });
const removal = z.object({
  prefixes: z
    .array(z.union([key, z.object({ name: key }).transform(({ name }) => name)]))
    .min(1)
    .max(MAX_REMOVED),
});

/** Changes of objects that are stored: rows the caller may change, files that stay what they are. */
export function addChangeRoutes(app: FastifyInstance, parts: StorageParts): void {
  app.post('/object/move', move);
  app.post('/object/copy', (request) => copy(request, parts));
  app.delete('/object/:bucket', (request) => removeMany(request, parts));
  app.delete('/object/:bucket/*', (request) => removeOne(request, parts));
}

/** @throws {AshlarError} `storage.no_such_key` when the caller sees none. */
export async function readObject(visit: Visit, operation: string, bucket: string, name: string): Promise<StoredObject> {
  const [found] = await asCaller<StoredObject>(visit, {
    operation,
    text: `select row_to_json(r) from (select ${OBJECT_COLUMNS} from storage.objects o where o.bucket_id = $1 and o.name = $2) r`,
    values: [bucket, name],
    readOnly: true,
  });
  if (found === undefined) throw storageErrors.noSuchKey();
  return found;
}

function placesOf(body: z.infer<typeof relocation>) {
  return {
    bucket: checkBucketName(body.bucketId),
    name: checkObjectKey(body.sourceKey),
    toBucket: checkBucketName(body.destinationBucket ?? body.bucketId),
    toName: checkObjectKey(body.destinationKey),
  };
}

/** A name is a column: the file does not move. */
async function move(request: FastifyRequest): Promise<object> {
  const { bucket, name, toBucket, toName } = placesOf(await readJson(request, relocation));
  const visit = visitOf(request);
  const source = await readObject(visit, 'storage.object.move', bucket, name);
  if (toBucket !== bucket) checkRules(await readBucketRules(visit, toBucket), source.metadata);
  const moved = await asCaller(visit, {
    operation: 'storage.object.move',
    text: `with moved as (
        update storage.objects o set bucket_id = $3, name = $4 where o.bucket_id = $1 and o.name = $2 returning o.id)
      select to_json(id) from moved`,
    values: [bucket, name, toBucket, toName],
  });
  // Seen, but not the caller's to change.
  if (moved.length === 0) throw storageErrors.accessDenied({ detail: 'Access denied' });
  return { message: 'Successfully moved', Id: source.id, Key: `${toBucket}/${toName}` };
}

/** @throws {AshlarError} When the bucket takes no object such as this one. */
export function checkRules(rules: BucketRules, metadata: ObjectMetadata | null): void {
  checkMimeType(rules, metadata?.mimetype ?? UNKNOWN_TYPE);
  if ((metadata?.size ?? 0) > (rules.file_size_limit ?? Infinity)) throw storageErrors.entityTooLarge();
}

async function copy(request: FastifyRequest, parts: StorageParts): Promise<object> {
  const body = await readJson(request, duplication);
  const { bucket, name, toBucket, toName } = placesOf(body);
  const visit = visitOf(request);
  const { project } = request.ashlar;
  const source = await readObject(visit, 'storage.object.copy', bucket, name);
  const rules = await readBucketRules(visit, toBucket);
  checkRules(rules, source.metadata);
  const asked = readHeaderFacts(request);
  const facts = body.copyMetadata
    ? { userMetadata: source.user_metadata, cacheControl: source.metadata?.cacheControl ?? 'no-cache' }
    : asked;
  const object = {
    bucket: toBucket,
    name: toName,
    replace: request.headers['x-upsert'] === 'true',
    owner: ownerOf(visit),
    contentType: source.metadata?.mimetype,
    ...facts,
  };
  const metadata = {
    ...source.metadata,
    cacheControl: facts.cacheControl,
    lastModified: parts.now().toISOString(),
  };
  await checkMayStore(visit, object, 'storage.object.copy', metadata);
  const place = { project: project.ref, version: randomUUID() };
  const from = { project: project.ref, version: source.version ?? '' };
  if (!(await parts.files.copy(from, place))) throw storageErrors.noSuchKey();
  const made = await putRow(visit, parts, object, metadata, place);
  return {
    Id: made.id,
    Key: `${toBucket}/${toName}`,
    id: made.id,
    name: made.name,
    bucket_id: made.bucket_id,
    owner_id: made.owner_id,
    version: made.version,
    metadata: made.metadata,
    created_at: new Date(made.created_at).toISOString(),
    last_modified: metadata.lastModified,
  };
}

async function removeMany(request: FastifyRequest, parts: StorageParts): Promise<object> {
  const { prefixes } = await readJson(request, removal);
  const removed = await remove(request, parts, 'storage.object.delete_many', bucketOf(request), prefixes);
  return removed.map(wireTimes);
}

async function removeOne(request: FastifyRequest, parts: StorageParts): Promise<object> {
  await readJson(request, z.looseObject({}));
  const { bucket, name } = targetOf(request);
  const removed = await remove(request, parts, 'storage.object.delete', bucket, [name]);
  if (removed.length === 0) throw storageErrors.noSuchKey();
  return { message: 'Successfully deleted' };
}

/** Names no object can have match nothing, so they need no other check. */
async function remove(
  request: FastifyRequest,
  { sweeper }: StorageParts,
  operation: string,
  bucket: string,
  names: readonly string[],
): Promise<StoredObject[]> {
  const removed = await asCaller<StoredObject>(visitOf(request), {
    operation,
    text: `with gone as (
        delete from storage.objects o
         where o.bucket_id = $1 and o.name = any (array(select jsonb_array_elements_text($2::jsonb)))
        returning ${OBJECT_COLUMNS})
      select row_to_json(gone) from gone`,
    values: [bucket, JSON.stringify(names)],
    isDelete: true,
  });
  if (removed.length > 0) sweeper.collect(request.ashlar.project);
  return removed;
}
