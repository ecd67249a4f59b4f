import { storageErrors } from '../domain/storage-errors.ts';
import type { ByteRange } from '../domain/conditions.ts';
import type { ObjectMetadata } from '../domain/stored-object.ts';
import { MAX_PART_NUMBER } from './multipart-uploads.ts';
import { s3Errors } from './s3-errors.ts';

/** Listings carry it with every object; parts of so many different sizes are not remembered. */
const MAX_TEXT = 4_096;
const TEXT = /^\d{1,15}(?:x\d{1,5})?(?:,\d{1,15}(?:x\d{1,5})?)*$/;

/** Sizes of the parts an object was made of, as its metadata keeps them: `5242880x2,17`. */
export function partSizesText(sizes: readonly number[]): Pick<ObjectMetadata, 'partSizes'> {
  const runs: { sizeBytes: number; times: number }[] = [];
  for (const sizeBytes of sizes) {
    const last = runs.at(-1);
    if (last?.sizeBytes === sizeBytes) last.times += 1;
    else runs.push({ sizeBytes, times: 1 });
  }
  const partSizes = runs
    .map(({ sizeBytes, times }) => (times === 1 ? `${sizeBytes}` : `${sizeBytes}x${times}`))
    .join(',');
  return partSizes.length <= MAX_TEXT ? { partSizes } : {};
}

/** A part of an object, and how many it has; null where the object is one part. */
export interface NumberedPart {
  /** Null when there is no byte in it. */
  readonly range: ByteRange | null;
  readonly count: number | null;
}

/**
 * The part of a number, counted from 1 in the order they were put together.
 *
 * @throws {AshlarError} `s3.invalid_part_number` for one the object does not have, `s3.not_implemented` where its parts
 *   are not known.
 */
export function partOf(metadata: ObjectMetadata | null, number: number, sizeBytes: number): NumberedPart {
  const sizes = parsePartSizes(metadata?.partSizes, sizeBytes);
  if (sizes === null && number > 1 && countOf(metadata) !== 1) {
    throw s3Errors.notImplemented({ feature: 'Reading a part of an object whose parts are not known' });
  }
  const all = sizes ?? [sizeBytes];
  const length = all[number - 1];
  if (length === undefined) throw s3Errors.invalidPartNumber();
  const start = all.slice(0, number - 1).reduce((sum, size) => sum + size, 0);
  const range = length === 0 ? null : { start, end: start + length - 1 };
  return { range, count: sizes === null ? null : sizes.length };
}

/** How many parts an object has that was uploaded in parts; null for any other. */
export function partCountOf(metadata: ObjectMetadata | null): number | null {
  const count = countOf(metadata);
  return count === 1 && metadata?.eTag?.endsWith('-1"') !== true ? null : count;
}

/** By the tag: `"<md5 of md5s>-<parts>"`. */
function countOf(metadata: ObjectMetadata | null): number {
  const [, count] = /^"[0-9a-f]{32}-(\d{1,5})"$/.exec(metadata?.eTag ?? '') ?? [];
  return count === undefined ? 1 : Number(count);
}

/** Rows can be written by SQL: null for what does not come to the size of the file. */
function parsePartSizes(text: unknown, sizeBytes: number): readonly number[] | null {
  if (typeof text !== 'string' || text.length > MAX_TEXT || !TEXT.test(text)) return null;
  const runs = text.split(',').map((run) => run.split('x').map(Number));
  if (runs.reduce((sum, [, times = 1]) => sum + times, 0) > MAX_PART_NUMBER) return null;
  const sizes = runs.flatMap(([size = 0, times = 1]) => Array.from({ length: times }, () => size));
  return sizes.reduce((sum, size) => sum + size, 0) === sizeBytes ? sizes : null;
}

export function checkNoRange(range: string | undefined): void {
  if (range !== undefined) throw storageErrors.invalidRequest({ detail: 'Either a range or a part, not both' });
}
