import { asService } from '../adapters/database.ts';
import { ownerOf, readBucketRules } from '../application/store-object.ts';
import { isPossiblePrefix } from '../domain/object-key.ts';
import { MAX_PART_NUMBER, type MultipartUpload, readParts, readUpload } from './multipart-uploads.ts';
import { bucketOf, integerOf, objectOf, type Operation, xmlAnswer } from './s3-call.ts';
import { s3Errors } from './s3-errors.ts';
import { element, xmlDocument } from './write-xml.ts';

const MAX_ENTRIES = 1_000;

export const listParts: Operation = async (call) => {
  const { bucket, name } = objectOf(call);
  const max = integerOf(call, 'max-parts', { min: 1, max: MAX_ENTRIES, fallback: MAX_ENTRIES });
  const marker = integerOf(call, 'part-number-marker', { min: 0, max: MAX_PART_NUMBER, fallback: 0 });
  const upload = await readUpload(call, bucket, name);
  const found = await readParts(call, upload.id, marker, max + 1);
  const parts = found.slice(0, max);
  const isTruncated = found.length > max;
  return xmlAnswer(
    xmlDocument('ListPartsResult', [
      element('Bucket', bucket),
      element('Key', name),
      element('UploadId', upload.id),
      element('PartNumberMarker', marker),
      element('NextPartNumberMarker', isTruncated ? (parts.at(-1)?.part_number ?? marker) : null),
      element('MaxParts', max),
      element('IsTruncated', isTruncated),
      element('StorageClass', 'STANDARD'),
      ...parts.map((part) =>
        element('Part', [
          element('PartNumber', part.part_number),
          element('LastModified', new Date(part.created_at).toISOString()),
          element('ETag', `"${part.etag}"`),
          element('Size', part.size),
        ]),
      ),
    ]),
  );
};

/** Everybody's for service_role, a user's own for a user, and nobody's for who is nobody. */
export const listUploads: Operation = async (call) => {
  const { visit, target } = call;
  const bucket = bucketOf(call);
  const { parameters } = target;
  if (parameters.get('delimiter')) throw s3Errors.notImplemented({ feature: 'A delimiter in this listing' });
  const max = integerOf(call, 'max-uploads', { min: 1, max: MAX_ENTRIES, fallback: MAX_ENTRIES });
  const [prefix = '', key = '', id = ''] = ['prefix', 'key-marker', 'upload-id-marker'].map((name) =>
    parameters.get(name),
  );
  await readBucketRules(visit, bucket);
  const isService = visit.context.caller.role === 'service_role';
  const owner = ownerOf(visit);
  const isPossible = (isService || owner !== null) && [prefix, key, id].every(isPossiblePrefix);
  const found = isPossible
    ? await asService<MultipartUpload>(
        visit.context.project.database,
        'select row_to_json(u) from storage.service_uploads($1, $2, $3, $4, $5, $6) u',
        [bucket, prefix, key, id, isService ? null : owner, String(max + 1)],
      )
    : [];
  const uploads = found.slice(0, max);
  const last = found.length > max ? uploads.at(-1) : undefined;
  return xmlAnswer(
    xmlDocument('ListMultipartUploadsResult', [
      element('Bucket', bucket),
      element('KeyMarker', key),
      element('UploadIdMarker', id),
      element('Prefix', prefix),
      element('NextKeyMarker', last?.key ?? null),
      element('NextUploadIdMarker', last?.id ?? null),
      element('MaxUploads', max),
      element('IsTruncated', last !== undefined),
      ...uploads.map((upload) =>
        element('Upload', [
          element('Key', upload.key),
          element('UploadId', upload.id),
          element('StorageClass', 'STANDARD'),
          element('Initiated', new Date(upload.created_at).toISOString()),
        ]),
      ),
    ]),
  );
};
