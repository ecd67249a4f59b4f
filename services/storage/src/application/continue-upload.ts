import type { Visit } from '../adapters/database.ts';
import type { BucketRules } from '../domain/bucket-rules.ts';
import { SNIFFED_BYTES } from '../domain/content-type.ts';
import { offsetOf, type ResumableUpload } from '../domain/resumable-upload.ts';
import { storageErrors } from '../domain/storage-errors.ts';
import { endUpload, isStored, setLength, whileHeld } from './resumable-uploads.ts';
import {
  checkMayStore,
  isCertain,
  metadataOf,
  type NewObject,
  putRow,
  readBucketRules,
  typeOfBytes,
} from './store-object.ts';
import type { StorageParts } from './visit.ts';

const PART_OPERATION = 'storage.tus.upload.part';

export interface Continuation {
  readonly upload: ResumableUpload;
  /** Where the client believes the upload to be. */
  readonly offset: number;
  /** What it now knows the length to be; null when it says nothing. */
  readonly lengthBytes: number | null;
  readonly body: AsyncIterable<Buffer>;
  /** Bytes of the body where they were declared. */
  readonly bodyBytes: number | null;
}

/**
 * Adds bytes, and makes the object when they were the last ones. The row is tried as the caller before the first byte
 * and again at the end, so an upload gains nothing its policies do not give at that moment.
 *
 * @returns The upload's new offset.
 * @throws {AshlarError} `storage.*`; what came before a body broke off is kept.
 */
export function continueUpload(visit: Visit, parts: StorageParts, continuation: Continuation): Promise<number> {
  const { project } = visit.context;
  return whileHeld(project, continuation.upload, async () => {
    const place = { project: project.ref, version: continuation.upload.id };
    const sizeBytes = await parts.partials.size(place);
    if (sizeBytes === null) throw storageErrors.noSuchUpload();
    const upload = await withLength(visit, parts, continuation, sizeBytes);
    const offset = offsetOf(upload, sizeBytes);
    if (offset !== continuation.offset) throw storageErrors.offsetMismatch({ offset, found: continuation.offset });
    const object = objectOf(upload);
    const rules = await readBucketRules(visit, upload.bucket_id);
    const most = (upload.length_bytes ?? limitOf(parts, rules)) - offset;
    if ((continuation.bodyBytes ?? 0) > most) throw storageErrors.entityTooLarge();
    const known = upload.length_bytes === null ? {} : { size: upload.length_bytes };
    if (!upload.is_signed) {
      await checkMayStore(visit, object, PART_OPERATION, known).catch(async (error: unknown) => {
        // Somebody else was first. Clients repeat a part that met a conflict, so it must not be there to be repeated.
        if (isTaken(error)) await endUpload(project, parts, upload.id);
        throw error;
      });
    }

    const isWhole = sizeBytes === upload.length_bytes;
    const { sizeBytes: reached, failure } =
      isWhole && sizeBytes > 0
        ? await compareLastByte(visit, parts, upload, continuation.body)
        : await parts.partials.append(place, sizeBytes, continuation.body, most);
    if (failure !== null) throw failure;
    if (reached !== upload.length_bytes) return offsetOf(upload, reached);
    await finishUpload(visit, parts, upload, rules);
    return reached;
  });
}

async function withLength(
  { context: { project } }: Visit,
  parts: StorageParts,
  { upload, lengthBytes }: Continuation,
  sizeBytes: number,
): Promise<ResumableUpload> {
  if (lengthBytes === null) return upload;
  const isOther = upload.length_bytes !== null && upload.length_bytes !== lengthBytes;
  if (isOther || lengthBytes < sizeBytes) {
    throw storageErrors.invalidRequest({ detail: 'Upload-Length is not that of this upload' });
  }
  if (lengthBytes > parts.fileSizeLimitBytes) throw storageErrors.entityTooLarge();
  await setLength(project, upload.id, lengthBytes);
  return { ...upload, length_bytes: lengthBytes };
}

/** All bytes are there and may be the object's already, so the one asked for again is only looked at. */
async function compareLastByte(
  { context: { project } }: Visit,
  { partials }: StorageParts,
  upload: ResumableUpload,
  body: AsyncIterable<Buffer>,
): Promise<{ sizeBytes: number; failure: null }> {
  const sizeBytes = upload.length_bytes ?? 0;
  const sent: Buffer[] = [];
  // The declared length was checked, and a body without one ends here at its second byte.
  for await (const chunk of body) {
    sent.push(chunk.subarray(0, 2));
    if (Buffer.concat(sent).length > 1) throw storageErrors.entityTooLarge();
  }
  const last = Buffer.concat(sent);
  if (last.length === 0) return { sizeBytes: sizeBytes - 1, failure: null };
  const stored = await partials.read({ project: project.ref, version: upload.id }, sizeBytes - 1, 1);
  if (!stored.equals(last))
    throw storageErrors.invalidRequest({ detail: 'The last byte is not the one that was sent' });
  return { sizeBytes, failure: null };
}

/** Makes the object of an upload all of whose bytes are there: its row and its file appear together. */
export async function finishUpload(
  visit: Visit,
  parts: StorageParts,
  upload: ResumableUpload,
  rules: BucketRules,
): Promise<void> {
  const { project } = visit.context;
  const place = { project: project.ref, version: upload.id };
  try {
    if (!(await isStored(project, upload))) await makeObject(visit, parts, upload, rules);
  } catch (error) {
    // Refused for good. Whatever else it was may pass, and the client asks again.
    if (isRefusal(error)) await endUpload(project, parts, place.version);
    throw error;
  }
  // There is an object now, whatever becomes of this; the sweeper ends what stays.
  await endUpload(project, parts, place.version).catch(() => undefined);
}

async function makeObject(
  visit: Visit,
  parts: StorageParts,
  upload: ResumableUpload,
  rules: BucketRules,
): Promise<void> {
  const { partials, files, now } = parts;
  const place = { project: visit.context.project.ref, version: upload.id };
  const object = objectOf(upload);
  const sizeBytes = (await partials.size(place)) ?? 0;
  if (sizeBytes > limitOf(parts, rules)) throw storageErrors.entityTooLarge();
  const head = await partials.read(place, 0, Math.min(sizeBytes, SNIFFED_BYTES));
  const mimetype = typeOfBytes(rules, object.contentType, head);
  if (!upload.is_signed) await checkMayStore(visit, object, PART_OPERATION, { size: sizeBytes, mimetype });
  const written = await partials.finish(place, files);
  await putRow(visit, parts, object, metadataOf(written, mimetype, upload.cache_control, now()), place);
}

function isTaken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'storage.key_already_exists';
}

function isRefusal(error: unknown): boolean {
  if (!(error instanceof Error) || !('kind' in error)) return false;
  const isOurs = ['forbidden', 'conflict', 'too_large', 'unprocessable', 'not_found'].includes(String(error.kind));
  return isOurs || isCertain(error);
}

export function limitOf({ fileSizeLimitBytes }: StorageParts, { file_size_limit: limit }: BucketRules): number {
  return Math.min(fileSizeLimitBytes, limit ?? Infinity);
}

function objectOf(upload: ResumableUpload): NewObject {
  return {
    bucket: upload.bucket_id,
    name: upload.name,
    replace: upload.replaces,
    owner: upload.owner_id,
    contentType: upload.content_type ?? undefined,
    cacheControl: upload.cache_control,
    userMetadata: upload.user_metadata,
  };
}
