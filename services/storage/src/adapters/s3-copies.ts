import { isMissing, type S3Connection } from './s3-connection.ts';

/** A stored object and its size. */
export interface S3Source {
  readonly key: string;
  readonly sizeBytes: number;
}

/** The most one request copies, and the least a part has that is not the last, as S3 has it. */
const MAX_COPY_BYTES = 5_368_709_120;
const MIN_PART_BYTES = 5_242_880;
const COPIED_PART_BYTES = 1_073_741_824;

/** Copies within the bucket: no byte comes here. @returns False when the source is missing. */
export async function copyFile(s3: S3Connection, source: S3Source, target: string): Promise<boolean> {
  if (source.sizeBytes > MAX_COPY_BYTES) return copyInParts(s3, [source], target);
  try {
    await s3.copy(source.key, target);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

/**
 * One object of several, within the bucket where S3 lets it be.
 *
 * @param upload Writes what was read to the target, for parts that are too small to be copied as such.
 */
export async function joinFiles(
  s3: S3Connection,
  sources: readonly S3Source[],
  target: string,
  upload: (whole: AsyncIterable<Buffer>) => Promise<unknown>,
): Promise<boolean> {
  if (sources.slice(0, -1).every(({ sizeBytes }) => sizeBytes >= MIN_PART_BYTES) && sources.at(-1)?.sizeBytes !== 0) {
    return copyInParts(s3, sources, target);
  }
  try {
    await upload(readAll(s3, sources));
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

async function copyInParts(s3: S3Connection, sources: readonly S3Source[], target: string): Promise<boolean> {
  const id = await s3.startUpload(target);
  try {
    const etags: string[] = [];
    for (const { key, sizeBytes } of sources) {
      for (const range of rangesOf(sizeBytes)) etags.push(await s3.copyPart(target, id, etags.length + 1, key, range));
    }
    await s3.complete(target, id, etags);
    return true;
  } catch (error) {
    await s3.abort(target, id).catch(() => undefined);
    if (isMissing(error)) return false;
    throw error;
  }
}

/** Ranges of a gibibyte; the last one has what is left, so that none is too small. */
function* rangesOf(sizeBytes: number): Generator<{ readonly start: number; readonly end: number }> {
  let start = 0;
  while (sizeBytes - start >= 2 * COPIED_PART_BYTES) {
    yield { start, end: start + COPIED_PART_BYTES - 1 };
    start += COPIED_PART_BYTES;
  }
  yield { start, end: sizeBytes - 1 };
}

async function* readAll(s3: S3Connection, sources: readonly S3Source[]): AsyncGenerator<Buffer> {
  for (const { key } of sources) yield* (await s3.get(key, undefined)) as AsyncIterable<Buffer>;
}
