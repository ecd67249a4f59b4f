import { asCaller } from '../adapters/database.ts';
import { checkMayStore, type NewObject, ownerOf, readBucketRules, storeObject } from '../application/store-object.ts';
import { type BucketRules, checkMimeType } from '../domain/bucket-rules.ts';
import { storageErrors } from '../domain/storage-errors.ts';
import { readObject } from '../routes/change-routes.ts';
import { etagOf } from '../routes/download-routes.ts';
import { CHECKSUM_PREFIX, checksumText } from './checksums.ts';
import { readFacts } from './object-facts.ts';
import { checkTag, type WriteCondition, writeCondition } from './preconditions.ts';
import { readBody } from './read-body.ts';
import { childText } from './read-xml.ts';
import { bodyXml, bucketOf, objectOf, type Operation, type S3Call, xmlAnswer } from './s3-call.ts';
import { s3Errors } from './s3-errors.ts';
import { element, xmlDocument } from './write-xml.ts';

const MAX_REMOVED = 1_000;

export const putObject: Operation = async (call) => {
  const { request, authentication, visit, parts } = call;
  const target = objectOf(call);
  const rules = await readBucketRules(visit, target.bucket);
  const facts = readFacts(call);
  const body = readBody(request, authentication);
  checkLength(call, rules, body.declaredBytes);
  if (facts.contentType !== undefined) checkMimeType(rules, facts.contentType);
  const condition = writeCondition(request.headers);
  const { contentType, cacheControl, userMetadata } = facts;
  const object: NewObject = {
    ...target,
    replace: condition.kind !== 'none',
    owner: ownerOf(visit),
    contentType,
    cacheControl,
    userMetadata,
    more() {
      const checksum = body.checksum();
      return { ...facts.kept, ...(checksum === null ? {} : { checksum: checksumText(checksum) }) };
    },
    ...(await expectedOf(call, target, condition)),
  };
  const size = body.declaredBytes === null ? {} : { size: body.declaredBytes };
  await checkMayStore(visit, object, 'storage.s3.object.put', size);
  const stored = await storeObject(visit, parts, rules, object, body.bytes[Symbol.asyncIterator]());
  const checksum = body.checksum();
  return {
    status: 200,
    headers: {
      etag: etagOf(stored),
      ...(checksum === null
        ? {}
        : { [CHECKSUM_PREFIX + checksum.algorithm]: checksum.value, 'x-amz-checksum-type': 'FULL_OBJECT' }),
    },
  };
};

/** A length that was declared is judged before anything is read. */
export function checkLength({ parts }: S3Call, rules: BucketRules, declaredBytes: number | null): void {
  if ((declaredBytes ?? 0) > Math.min(parts.fileSizeLimitBytes, rules.file_size_limit ?? Infinity)) {
    throw storageErrors.entityTooLarge();
  }
}

/** The version a conditional write replaces, as the caller sees it. */
export async function expectedOf(
  { visit }: S3Call,
  { bucket, name }: { readonly bucket: string; readonly name: string },
  condition: WriteCondition,
): Promise<Pick<NewObject, 'expectedVersion'>> {
  if (condition.kind !== 'tag') return {};
  const current = await readObject(visit, 'storage.s3.object.get', bucket, name);
  checkTag(condition.tags, etagOf(current));
  return { expectedVersion: current.version ?? '' };
}

export const deleteObject: Operation = async (call) => {
  const { bucket, name } = objectOf(call);
  const { denied } = await remove(call, 'storage.s3.object.delete', bucket, [name]);
  if (denied.length > 0) throw storageErrors.accessDenied({ detail: 'Access Denied' });
  return { status: 204 };
};

export const deleteObjects: Operation = async (call) => {
  const bucket = bucketOf(call);
  const asked = await bodyXml(call, 'Delete');
  const isQuiet = childText(asked, 'Quiet') === 'true';
  const objects = asked.children.filter(({ name }) => name === 'Object');
  const names = objects.map((object) => {
    if (childText(object, 'VersionId') !== null) throw s3Errors.notImplemented({ feature: 'Deleting a version' });
    return childText(object, 'Key') ?? '';
  });
  if (names.length < 1 || names.length > MAX_REMOVED || names.includes('')) {
    throw s3Errors.malformedXml({ detail: `it names between 1 and ${MAX_REMOVED} objects` });
  }
  await readBucketRules(call.visit, bucket);
  const { denied } = await remove(call, 'storage.s3.object.delete_many', bucket, names);
  const deniedNames = new Set(denied);
  const deleted = names.filter((name) => !deniedNames.has(name));
  return xmlAnswer(
    xmlDocument('DeleteResult', [
      ...(isQuiet ? [] : deleted.map((name) => element('Deleted', element('Key', name)))),
      ...denied.map((name) =>
        element('Error', element('Key', name), element('Code', 'AccessDenied'), element('Message', 'Access Denied')),
      ),
    ]),
  );
};

/** What is not there, or not seen, counts as deleted; what is still seen afterwards was not the caller's to delete. */
async function remove(
  { visit, parts }: S3Call,
  operation: string,
  bucket: string,
  names: readonly string[],
): Promise<{ readonly denied: readonly string[] }> {
  const possible = names.filter((name) => !name.includes('\0') && name.isWellFormed());
  const values = [bucket, JSON.stringify(possible)];
  const gone = await asCaller<string>(visit, {
    operation,
    text: `with gone as (
        delete from storage.objects o
         where o.bucket_id = $1 and o.name = any (array(select jsonb_array_elements_text($2::jsonb))) returning o.name)
      select to_json(name) from gone`,
    values,
    isDelete: true,
  });
  if (gone.length > 0) parts.sweeper.collect(visit.context.project);
  if (gone.length === new Set(possible).size) return { denied: [] };
  const goneNames = new Set(gone);
  const seen = await asCaller<string>(visit, {
    operation,
    text: `select to_json(o.name) from storage.objects o
            where o.bucket_id = $1 and o.name = any (array(select jsonb_array_elements_text($2::jsonb)))`,
    values,
    readOnly: true,
  });
  // Written again in between is no denial.
  return { denied: seen.filter((name) => !goneNames.has(name)) };
}
