import { randomUUID } from 'node:crypto';
import { asService } from '../adapters/database.ts';
import { checkMayStore, readBucketRules, settleRow } from '../application/store-object.ts';
import type { BucketRules } from '../domain/bucket-rules.ts';
import { storageErrors } from '../domain/storage-errors.ts';
import { CHECKSUM_PREFIX, type Checksum, checksumText } from './checksums.ts';
import { readSource } from './copy-operations.ts';
import { MAX_PART_NUMBER, type MultipartUpload, readUpload, type UploadedPart } from './multipart-uploads.ts';
import { readBody } from './read-body.ts';
import { headerOf, integerOf, objectOf, type Operation, type S3Call, xmlAnswer } from './s3-call.ts';
import { s3Errors } from './s3-errors.ts';
import { checkLength } from './write-operations.ts';
import { element, xmlDocument } from './write-xml.ts';

/** As S3 has it. */
const MAX_PART_BYTES = 5_368_709_120;

export const uploadPart: Operation = async (call) => {
  const body = readBody(call.request, call.authentication);
  const { upload, number, rules } = await openPart(call, 'storage.s3.upload.part', body.declaredBytes ?? 0);
  checkLength(call, rules, body.declaredBytes);
  const part = await storePart(call, { upload, number, rules, bytes: body.bytes, checksum: body.checksum });
  const checksum = body.checksum();
  return {
    status: 200,
    headers: {
      etag: `"${part.etag}"`,
      ...(checksum === null ? {} : { [CHECKSUM_PREFIX + checksum.algorithm]: checksum.value }),
    },
  };
};

export const uploadPartCopy: Operation = async (call) => {
  const { upload, number, rules } = await openPart(call, 'storage.s3.upload.part_copy', 0);
  const source = await readSource(call, 'storage.s3.upload.part_copy');
  const place = { project: call.visit.context.project.ref, version: source.version ?? '' };
  const sizeBytes = await call.parts.files.size(place);
  if (sizeBytes === null) throw storageErrors.noSuchKey();
  const range = sourceRange(headerOf(call, 'x-amz-copy-source-range'), sizeBytes);
  checkLength(call, rules, range === null ? sizeBytes : range.end - range.start + 1);
  const bytes = await call.parts.files.read(place, range ?? undefined);
  if (bytes === null) throw storageErrors.noSuchKey();
  const part = await storePart(call, { upload, number, rules, bytes, checksum: () => null });
  return xmlAnswer(
    xmlDocument('CopyPartResult', [
      element('LastModified', new Date(part.created_at).toISOString()),
      element('ETag', `"${part.etag}"`),
    ]),
  );
};

interface OpenPart {
  readonly upload: MultipartUpload;
  readonly number: number;
  readonly rules: BucketRules;
}

/**
 * The upload, when the caller may still store its object: rights may have changed since it began. A quota is asked about
 * what has been uploaded so far, so that no more gathers than could be completed. The part itself is not added to that:
 * it may be one of them again.
 */
async function openPart(call: S3Call, operation: string, partBytes: number): Promise<OpenPart> {
  const { bucket, name } = objectOf(call);
  const number = integerOf(call, 'partNumber', { min: 1, max: MAX_PART_NUMBER });
  const upload = await readUpload(call, bucket, name);
  const rules = await readBucketRules(call.visit, bucket);
  await mayStore(call, upload, operation, Math.max(upload.in_progress_size, partBytes));
  return { upload, number, rules };
}

/** @throws {AshlarError} `storage.access_denied`. */
export async function mayStore(
  { visit }: S3Call,
  upload: MultipartUpload,
  operation: string,
  size: number,
): Promise<void> {
  const { bucket_id: bucket, key: name, owner_id: owner, metadata, user_metadata: userMetadata } = upload;
  const { mimetype: contentType, cacheControl = 'no-cache' } = metadata ?? {};
  await checkMayStore(
    visit,
    { bucket, name, owner, userMetadata, contentType, cacheControl, replace: true },
    operation,
    { size },
  );
}

interface NewPart extends OpenPart {
  readonly bytes: AsyncIterable<Buffer>;
  readonly checksum: () => Checksum | null;
}

async function storePart(call: S3Call, { upload, number, rules, bytes, checksum }: NewPart): Promise<UploadedPart> {
  const { files, fileSizeLimitBytes, sweeper } = call.parts;
  const { project } = call.visit.context;
  const place = { project: project.ref, version: randomUUID() };
  const limitBytes = Math.min(fileSizeLimitBytes, rules.file_size_limit ?? Infinity);
  const written = await files.write(place, bytes, Math.min(limitBytes, MAX_PART_BYTES));
  const proven = checksum();
  return settleRow(files, place, async () => {
    const [part] = await asService<UploadedPart>(
      project.database,
      'select row_to_json(p) from storage.service_put_part($1, $2, $3, $4, $5, $6, $7) p',
      [
        upload.id,
        String(number),
        String(written.sizeBytes),
        written.md5,
        place.version,
        proven === null ? null : checksumText(proven),
        String(limitBytes),
      ],
    );
    if (part !== undefined) {
      sweeper.collect(project);
      return part;
    }
    // Gone meanwhile, or too large with this part.
    await readUpload(call, upload.bucket_id, upload.key);
    throw storageErrors.entityTooLarge();
  });
}

const SOURCE_RANGE = /^bytes=(\d{1,15})-(\d{1,15})$/;

function sourceRange(header: string | undefined, sizeBytes: number): { start: number; end: number } | null {
  if (header === undefined) return null;
  const [whole, first = '', last = ''] = SOURCE_RANGE.exec(header) ?? [];
  const range = { start: Number(first), end: Number(last) };
  if (whole === undefined || range.start > range.end)
    throw s3Errors.invalidArgument({ name: 'x-amz-copy-source-range' });
  if (range.end >= sizeBytes) throw storageErrors.invalidRange();
  return range;
}
