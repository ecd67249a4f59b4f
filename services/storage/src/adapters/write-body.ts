import type { Hash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { storageErrors } from '../domain/storage-errors.ts';
import { Reclaimer } from './reclaim.ts';

/** How far a body has been written; kept up to date while it is. */
export interface Progress {
  sizeBytes: number;
}

export interface BodyOptions {
  /** Whoever writes may have the memory of the chunks: true of what comes from a socket and of nothing a caller keeps. */
  readonly reclaims?: boolean;
}

interface WriteOptions extends BodyOptions {
  readonly hash: Hash | null;
  readonly limitBytes: number;
  readonly progress: Progress;
  /** As much is gathered before it is written; by default every chunk is written as it comes. */
  readonly batchBytes?: number;
}

/** A writer of many tiny chunks must not make a list of them that is longer than its bytes. */
const MAX_CHUNKS = 256;

/**
 * Writes a body to the end of what `progress` says is there. What had come before an error is written too.
 *
 * @throws {AshlarError} `storage.entity_too_large` before the first chunk that would pass the limit is written.
 */
export async function writeBody(
  file: FileHandle,
  body: AsyncIterable<Buffer>,
  { hash, limitBytes, progress, batchBytes = 0, reclaims = false }: WriteOptions,
): Promise<void> {
  const reclaimer = reclaims ? new Reclaimer() : null;
  let batch: Buffer[] = [];
  let bytes = 0;
  const flush = async (): Promise<void> => {
    if (bytes === 0) return;
    const [chunks, sizeBytes] = [batch, bytes];
    [batch, bytes] = [[], 0];
    const writing = writeAll(file, chunks, progress.sizeBytes);
    // Another thread writes meanwhile.
    for (const chunk of chunks) hash?.update(chunk);
    await writing;
    progress.sizeBytes += sizeBytes;
    reclaimer?.take(chunks);
  };
  try {
    for await (const chunk of body) {
      if (progress.sizeBytes + bytes + chunk.length > limitBytes) throw storageErrors.entityTooLarge();
      batch.push(chunk);
      bytes += chunk.length;
      if (bytes >= batchBytes || batch.length === MAX_CHUNKS) await flush();
    }
  } finally {
    await flush();
  }
}

async function writeAll(file: FileHandle, chunks: readonly Buffer[], at: number): Promise<void> {
  let position = at;
  for (let left = chunks; left.length > 0;) {
    const { bytesWritten } = await file.writev(left, position);
    position += bytesWritten;
    left = after(left, bytesWritten);
  }
}

/** What remains of chunks when so much of them was written. */
function after(chunks: readonly Buffer[], bytes: number): readonly Buffer[] {
  let skipped = 0;
  for (const [at, chunk] of chunks.entries()) {
    if (skipped + chunk.length > bytes) return [chunk.subarray(bytes - skipped), ...chunks.slice(at + 1)];
    skipped += chunk.length;
  }
  return [];
}
