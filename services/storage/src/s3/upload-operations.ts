import { createHash, randomUUID } from 'node:crypto';
import { asService } from '../adapters/database.ts';
import { checkMayStore, metadataOf, ownerOf, readBucketRules, settleRow } from '../application/store-object.ts';
import { checkMimeType } from '../domain/bucket-rules.ts';
import { detectType, SNIFFED_BYTES, UNKNOWN_TYPE } from '../domain/content-type.ts';
import { storageErrors } from '../domain/storage-errors.ts';
import type { StoredObject } from '../domain/stored-object.ts';
import { etagOf } from '../routes/download-routes.ts';
import { choosePart, readChosen } from './choose-parts.ts';
import { readAllParts, readUpload, type UploadedPart } from './multipart-uploads.ts';
import { readFacts } from './object-facts.ts';
import { mayStore } from './part-operations.ts';
import { partSizesText } from './part-sizes.ts';
import { writeCondition } from './preconditions.ts';
import { bodyText, bodyXml, objectOf, type Operation, type S3Call, xmlAnswer } from './s3-call.ts';
import { s3Errors } from './s3-errors.ts';
import { element, xmlDocument } from './write-xml.ts';

export const createUpload: Operation = async (call) => {
  const { visit } = call;
  const { bucket, name } = objectOf(call);
  await bodyText(call);
  const rules = await readBucketRules(visit, bucket);
  const { contentType, cacheControl, userMetadata, kept } = readFacts(call);
  if (contentType !== undefined) checkMimeType(rules, contentType);
  const owner = ownerOf(visit);
  const object = { bucket, name, owner, contentType, cacheControl, userMetadata, replace: true };
  await checkMayStore(visit, object, 'storage.s3.upload.create');
  const id = randomUUID();
  const metadata = { ...kept, cacheControl, ...(contentType === undefined ? {} : { mimetype: contentType }) };
  await asService(
    visit.context.project.database,
    `select to_json(storage.service_start_upload($1, $2, $3, $4, $5::jsonb, $6::jsonb) is null)`,
    [id, bucket, name, owner, JSON.stringify(metadata), userMetadata === null ? null : JSON.stringify(userMetadata)],
  );
  return xmlAnswer(
    xmlDocument('InitiateMultipartUploadResult', [
      element('Bucket', bucket),
      element('Key', name),
      element('UploadId', id),
    ]),
  );
};

export const completeUpload: Operation = async (call) => {
  const { visit, parts, request } = call;
  const { bucket, name } = objectOf(call);
  const chosen = readChosen(await bodyXml(call, 'CompleteMultipartUpload'));
  const upload = await readUpload(call, bucket, name);
  const condition = writeCondition(request.headers);
  if (condition.kind === 'tag') throw s3Errors.notImplemented({ feature: 'If-Match on a multipart upload' });
  const uploaded = await readAllParts(call, upload.id);
  const used = chosen.map((one, at) => choosePart(uploaded, one, at === chosen.length - 1));
  const sizeBytes = used.reduce((sum, { size }) => sum + size, 0);
  const rules = await readBucketRules(visit, bucket);
  if (sizeBytes > Math.min(parts.fileSizeLimitBytes, rules.file_size_limit ?? Infinity))
    throw storageErrors.entityTooLarge();
  const mimetype = upload.metadata?.mimetype ?? UNKNOWN_TYPE;
  const detected = await detect(call, used);
  checkMimeType(rules, mimetype);
  if (detected !== null) checkMimeType(rules, detected);
  await mayStore(call, upload, 'storage.s3.upload.complete', sizeBytes);
  const written = { sizeBytes, md5: `${md5OfParts(used)}-${used.length}` };
  const metadata = {
    ...upload.metadata,
    ...metadataOf(written, mimetype, upload.metadata?.cacheControl ?? 'no-cache', parts.now()),
    ...partSizesText(used.map(({ size }) => size)),
  };
  const made = await assemble(call, used, [
    upload.id,
    JSON.stringify(used.map(({ version }) => version)),
    bucket,
    name,
    upload.owner_id,
    JSON.stringify(metadata),
    upload.user_metadata === null ? null : JSON.stringify(upload.user_metadata),
    String(condition.kind !== 'none'),
  ]);
  return xmlAnswer(
    xmlDocument('CompleteMultipartUploadResult', [
      element('Location', `${visit.context.publicUrl}/storage/v1/s3/${encodeURIComponent(bucket)}/${encodeURI(name)}`),
      element('Bucket', bucket),
      element('Key', name),
      element('ETag', etagOf(made)),
    ]),
  );
};

const COMPLETE = `select row_to_json(o) from storage.service_complete_upload(
  $1, array(select jsonb_array_elements_text($2::jsonb)), $3, $4, $5, $9, $6::jsonb, $7::jsonb, $8::boolean) o`;

/** Bytes first, then the row, as with every upload; the parts go when the row is there. */
async function assemble(
  call: S3Call,
  used: readonly UploadedPart[],
  facts: readonly (string | null)[],
): Promise<StoredObject> {
  const { files, sweeper } = call.parts;
  const { project } = call.visit.context;
  const place = { project: project.ref, version: randomUUID() };
  const places = used.map(({ version }) => ({ project: project.ref, version }));
  if (!(await files.join(places, place))) throw s3Errors.noSuchUpload();
  return settleRow(files, place, async () => {
    const [made] = await asService<StoredObject>(project.database, COMPLETE, [...facts, place.version]);
    if (made === undefined) {
      const { bucket, name } = objectOf(call);
      await readUpload(call, bucket, name);
      throw storageErrors.keyAlreadyExists();
    }
    sweeper.collect(project);
    return made;
  });
}

/** MD5 of the parts' MD5s, as S3 makes its tags of several parts. */
function md5OfParts(parts: readonly UploadedPart[]): string {
  return createHash('md5')
    .update(Buffer.concat(parts.map(({ etag }) => Buffer.from(etag, 'hex'))))
    .digest('hex');
}

async function detect(call: S3Call, [first]: readonly UploadedPart[]): Promise<string | null> {
  if (first === undefined || first.size === 0) return null;
  const place = { project: call.visit.context.project.ref, version: first.version };
  const head = await call.parts.files.read(place, { start: 0, end: Math.min(SNIFFED_BYTES, first.size) - 1 });
  return head === null ? null : detectType(Buffer.concat(await head.toArray()));
}

export const abortUpload: Operation = async (call) => {
  const { bucket, name } = objectOf(call);
  const upload = await readUpload(call, bucket, name);
  const { project } = call.visit.context;
  await asService(project.database, 'select to_json(storage.service_abort_upload($1))', [upload.id]);
  call.parts.sweeper.collect(project);
  return { status: 204 };
};
