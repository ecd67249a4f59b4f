import { asService } from '../adapters/database.ts';
import { ownerOf } from '../application/store-object.ts';
import type { ObjectMetadata } from '../domain/stored-object.ts';
import type { S3Call } from './s3-call.ts';
import { s3Errors } from './s3-errors.ts';

/** An upload in parts that is not completed. */
export interface MultipartUpload {
  readonly id: string;
  readonly bucket_id: string;
  readonly key: string;
  /** Of all parts that were uploaded. */
  readonly in_progress_size: number;
  readonly owner_id: string | null;
  readonly metadata: ObjectMetadata | null;
  readonly user_metadata: Readonly<Record<string, unknown>> | null;
  readonly created_at: string;
}

export interface UploadedPart {
  readonly part_number: number;
  readonly size: number;
  /** Hex MD5. */
  readonly etag: string;
  readonly version: string;
  readonly checksum: string | null;
  readonly created_at: string;
}

export const MAX_PART_NUMBER = 10_000;
const PARTS_AT_ONCE = 1_000;

/**
 * The upload a request names. An upload is whose it was when it began; service_role has them all.
 *
 * @throws {AshlarError} `s3.no_such_upload`.
 */
export async function readUpload(call: S3Call, bucket: string, name: string): Promise<MultipartUpload> {
  const { context } = call.visit;
  const id = call.target.parameters.get('uploadId') ?? '';
  const [upload] = /^[0-9a-f-]{36}$/.test(id)
    ? await asService<MultipartUpload>(
        context.project.database,
        'select row_to_json(u) from storage.service_upload($1, $2, $3) u',
        [id, bucket, name],
      )
    : [];
  const isOwn = context.caller.role === 'service_role' || upload?.owner_id === ownerOf(call.visit);
  if (upload === undefined || !isOwn) throw s3Errors.noSuchUpload();
  return upload;
}

/** @param after Number of the last part seen, 0 for none. */
export function readParts(
  { visit }: S3Call,
  uploadId: string,
  after: number,
  entries: number,
): Promise<UploadedPart[]> {
  return asService<UploadedPart>(
    visit.context.project.database,
    'select row_to_json(p) from storage.service_parts($1, $2, $3) p',
    [uploadId, String(after), String(entries)],
  );
}

export async function readAllParts(call: S3Call, uploadId: string): Promise<ReadonlyMap<number, UploadedPart>> {
  const parts = new Map<number, UploadedPart>();
  for (let after = 0; ;) {
    const page = await readParts(call, uploadId, after, PARTS_AT_ONCE);
    for (const part of page) parts.set(part.part_number, part);
    if (page.length < PARTS_AT_ONCE) return parts;
    after = page.at(-1)?.part_number ?? MAX_PART_NUMBER;
  }
}
