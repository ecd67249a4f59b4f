import { randomUUID } from 'node:crypto';
import { asCaller, asService, type Visit } from '../adapters/database.ts';
import { isRefusedByServer } from '../adapters/translate-refusal.ts';
import { type BucketRules, checkMimeType } from '../domain/bucket-rules.ts';
import { detectType, SNIFFED_BYTES, UNKNOWN_TYPE } from '../domain/content-type.ts';
import { storageErrors } from '../domain/storage-errors.ts';
import type { ObjectMetadata, StoredObject } from '../domain/stored-object.ts';
import type { FilePlace, FileStore, WrittenFile } from './file-store.ts';
import type { StorageParts } from './visit.ts';

export interface NewObject {
  readonly bucket: string;
  readonly name: string;
  /** Whether an object of this name is replaced. */
  readonly replace: boolean;
  readonly owner: string | null;
  /** undefined: what the bytes say. */
  readonly contentType: string | undefined;
  readonly cacheControl: string;
  readonly userMetadata: Readonly<Record<string, unknown>> | null;
  /** What its metadata holds beside what every object's does; asked after the last byte. */
  readonly more?: () => ObjectMetadata;
  /** Only an object of this version is replaced. */
  readonly expectedVersion?: string;
}

/** @throws {AshlarError} `storage.no_such_bucket`. */
export async function readBucketRules({ context }: Visit, bucket: string): Promise<BucketRules> {
  const [rules] = await asService<BucketRules>(
    context.project.database,
    'select row_to_json(b) from storage.service_bucket($1) b',
    [bucket],
  );
  if (rules === undefined) throw storageErrors.noSuchBucket();
  return rules;
}

/** The user an object belongs to: the subject of the caller's token. */
export function ownerOf({ context }: Visit): string | null {
  const { sub } = context.caller.claims;
  return typeof sub === 'string' ? sub : null;
}

const TEST_INSERT = `
  with facts as (select $1::jsonb as f), tried as (
    insert into storage.objects (bucket_id, name, owner, owner_id, version, metadata, user_metadata)
    select f ->> 'bucket', f ->> 'name',
           case when f ->> 'owner' ~* '^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$' then (f ->> 'owner')::uuid end,
           f ->> 'owner', f ->> 'version', f -> 'metadata', nullif(f -> 'userMetadata', 'null')
      from facts`;
const OR_UPDATE = `
    on conflict (bucket_id, name) do update
      set version = excluded.version, metadata = excluded.metadata, owner = excluded.owner, owner_id = excluded.owner_id`;

/**
 * Tries the row as the caller and undoes it: row-level security decides before the first byte is stored.
 *
 * @throws {AshlarError} `storage.access_denied`, `storage.key_already_exists`.
 */
export async function checkMayStore(
  visit: Visit,
  object: NewObject,
  operation: string,
  known: ObjectMetadata = {},
): Promise<void> {
  const { bucket, name, owner, userMetadata, contentType } = object;
  const metadata = { ...(contentType === undefined ? {} : { mimetype: contentType }), ...known };
  const facts = JSON.stringify({ bucket, name, owner, userMetadata, metadata, version: randomUUID() });
  await asCaller(visit, {
    operation,
    text: `${TEST_INSERT}${object.replace ? OR_UPDATE : ''}) select 'true'::json`,
    values: [facts],
    rollback: true,
  });
}

/**
 * Stores bytes and then their row. In this order, so that no row ever names a file that is not whole and on disk; a
 * crash in between leaves a file without a row, which the sweeper finds.
 *
 * @throws {AshlarError} `storage.entity_too_large`, `storage.invalid_mime_type`, `storage.key_already_exists`.
 */
export async function storeObject(
  visit: Visit,
  parts: StorageParts,
  rules: BucketRules,
  object: NewObject,
  body: AsyncIterator<Buffer>,
): Promise<StoredObject> {
  const head = await readHead(body);
  const mimetype = typeOfBytes(rules, object.contentType, Buffer.concat(head));
  const { project } = visit.context;
  const place = { project: project.ref, version: randomUUID() };
  const limitBytes = Math.min(parts.fileSizeLimitBytes, rules.file_size_limit ?? Infinity);
  const written = await parts.files.write(place, joined(head, body), limitBytes);
  const metadata = { ...object.more?.(), ...metadataOf(written, mimetype, object.cacheControl, parts.now()) };
  return putRow(visit, parts, object, metadata, place);
}

/** Writes the row of a file that is stored; the file goes again when the row is refused. */
export async function putRow(
  visit: Visit,
  { files, sweeper }: StorageParts,
  { bucket, name, owner, userMetadata, replace, expectedVersion }: NewObject,
  metadata: ObjectMetadata,
  place: FilePlace,
): Promise<StoredObject> {
  const { project } = visit.context;
  const user = userMetadata === null ? null : JSON.stringify(userMetadata);
  const facts = [owner, place.version, JSON.stringify(metadata), user];
  return settleRow(files, place, async () => {
    const [row] =
      expectedVersion === undefined
        ? await asService<StoredObject>(
            project.database,
            'select row_to_json(o) from storage.service_put_object($1, $2, $3, $4, $5::jsonb, $6::jsonb, $7::boolean) o',
            [bucket, name, ...facts, String(replace)],
          )
        : await asService<StoredObject>(
            project.database,
            'select row_to_json(o) from storage.service_replace_object($1, $2, $3, $4, $5, $6::jsonb, $7::jsonb) o',
            [bucket, name, expectedVersion, ...facts],
          );
    if (row === undefined) throw storageErrors.keyAlreadyExists();
    if (replace) sweeper.collect(project);
    return row;
  });
}

/** Writes a row that names a stored file. The file goes again when it is certain that there is no such row. */
export async function settleRow<Row>(files: FileStore, place: FilePlace, write: () => Promise<Row>): Promise<Row> {
  try {
    return await write();
  } catch (error) {
    // A connection that broke may have committed it.
    // What cannot be removed now is left to the sweeper: why there is no row is what the caller has to hear.
    if (isCertain(error)) await files.remove(place).catch(() => undefined);
    throw error;
  }
}

/** Our own refusals after which there is no row. */
const ROWLESS: ReadonlySet<string> = new Set([
  'storage.key_already_exists',
  'storage.entity_too_large',
  's3.no_such_upload',
]);

/** Whether an error says that nothing was committed. */
export function isCertain(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const said = isRefusedByServer(error) ? error : error.cause;
  // Classes of broken connections and of a server going down.
  if (isRefusedByServer(said)) return !/^(?:08|57P)/.test(said.code);
  return 'code' in error && ROWLESS.has(String(error.code));
}

/**
 * The type to store with a file, of what the client said and how the file begins.
 *
 * @throws {AshlarError} `storage.invalid_mime_type`.
 */
export function typeOfBytes(rules: BucketRules, declared: string | undefined, head: Buffer): string {
  const detected = detectType(head);
  const mimetype = declared ?? detected ?? UNKNOWN_TYPE;
  checkMimeType(rules, mimetype);
  // A file that plainly is something else does not become allowed by its name tag.
  if (detected !== null) checkMimeType(rules, detected);
  return mimetype;
}

/** What a row says of its file. */
export function metadataOf(
  { sizeBytes, md5 }: WrittenFile,
  mimetype: string,
  cacheControl: string,
  at: Date,
): ObjectMetadata {
  return {
    eTag: `"${md5}"`,
    size: sizeBytes,
    mimetype,
    cacheControl,
    lastModified: at.toISOString(),
    contentLength: sizeBytes,
    httpStatusCode: 200,
  };
}

/** As many chunks as are needed to tell the type. */
async function readHead(body: AsyncIterator<Buffer>): Promise<Buffer[]> {
  const head: Buffer[] = [];
  let bytes = 0;
  while (bytes < SNIFFED_BYTES) {
    const next = await body.next();
    if (next.done === true) break;
    head.push(next.value);
    bytes += next.value.length;
  }
  return head;
}

async function* joined(head: readonly Buffer[], body: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  yield* head;
  for (let next = await body.next(); next.done !== true; next = await body.next()) yield next.value;
}
