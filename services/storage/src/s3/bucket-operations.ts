import { asCaller } from '../adapters/database.ts';
import { ownerOf } from '../application/store-object.ts';
import { storageErrors } from '../domain/storage-errors.ts';
import { bodyText, bucketOf, type Operation, xmlAnswer } from './s3-call.ts';
import { readXml } from './read-xml.ts';
import { element, xmlDocument } from './write-xml.ts';

const MAX_BUCKETS = 10_000;
/** The region whose name S3 leaves out. */
const UNNAMED_REGION = 'us-east-1';

export const listBuckets: Operation = async ({ visit }) => {
  const buckets = await asCaller<{ id: string; created_at: string | null }>(visit, {
    operation: 'storage.s3.bucket.list',
    text: `select row_to_json(r) from (
        select b.id, b.created_at from storage.buckets b order by b.id collate "C" limit ${MAX_BUCKETS}) r`,
    values: [],
    readOnly: true,
  });
  const { ref } = visit.context.project;
  const entries = buckets.map(({ id, created_at: created }) =>
    element('Bucket', element('Name', id), element('CreationDate', new Date(created ?? 0).toISOString())),
  );
  const owner = element('Owner', element('ID', ref), element('DisplayName', ref));
  return xmlAnswer(xmlDocument('ListAllMyBucketsResult', owner, element('Buckets', entries)));
};

export const createBucket: Operation = async (call) => {
  const id = bucketOf(call);
  const body = await bodyText(call);
  if (body.trim() !== '') readXml(body, 'CreateBucketConfiguration');
  await asCaller(call.visit, {
    operation: 'storage.s3.bucket.create',
    text: `with made as (
        insert into storage.buckets (id, name, owner, owner_id, public)
        select $1, $1, case when $2 ~* '^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$' then $2::uuid end, $2, false)
      select 'true'::json`,
    values: [id, ownerOf(call.visit)],
  });
  return { status: 200, headers: { location: `/${encodeURIComponent(id)}` } };
};

/** Whether the caller sees the bucket. */
const requireBucket = async (call: Parameters<Operation>[0], operation: string): Promise<void> => {
  const seen = await asCaller(call.visit, {
    operation,
    text: 'select to_json(b.id) from storage.buckets b where b.id = $1',
    values: [bucketOf(call)],
    readOnly: true,
  });
  if (seen.length === 0) throw storageErrors.noSuchBucket();
};

export const headBucket: Operation = async (call) => {
  await requireBucket(call, 'storage.s3.bucket.get');
  return { status: 200, headers: { 'x-amz-bucket-region': call.parts.regions[0] ?? UNNAMED_REGION } };
};

export const deleteBucket: Operation = async (call) => {
  const deleted = await asCaller(call.visit, {
    operation: 'storage.s3.bucket.delete',
    text: 'with gone as (delete from storage.buckets b where b.id = $1 returning b.id) select to_json(id) from gone',
    values: [bucketOf(call)],
    isDelete: true,
  });
  if (deleted.length === 0) throw storageErrors.noSuchBucket();
  call.parts.sweeper.collect(call.visit.context.project);
  return { status: 204 };
};

export const bucketLocation: Operation = async (call) => {
  await requireBucket(call, 'storage.s3.bucket.get_location');
  const [region = UNNAMED_REGION] = call.parts.regions;
  return xmlAnswer(xmlDocument('LocationConstraint', region === UNNAMED_REGION ? '' : region));
};

/** There are no versions, and that is what an empty document says. */
export const bucketVersioning: Operation = async (call) => {
  await requireBucket(call, 'storage.s3.bucket.get_versioning');
  return xmlAnswer(xmlDocument('VersioningConfiguration', ''));
};
