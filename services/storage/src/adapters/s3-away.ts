import { storageErrors } from '../domain/storage-errors.ts';

/** Statuses of a server that may answer better later, and those that say whoever runs this has a setting wrong. */
const AWAY: ReadonlySet<number> = new Set([401, 403, 408, 429]);
/** No client's fault either: the bucket has to be there. */
const NO_BUCKET = 'NoSuchBucket';

/** Runs requests to the S3 server. @throws {AshlarError} `storage.files_unreachable` where none of them came through. */
export async function reaching<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw isAway(error) ? storageErrors.filesUnreachable({}, { cause: error }) : error;
  }
}

/** The same for requests made one after the other. */
export async function* reachingEach<Result>(results: AsyncIterable<Result>): AsyncGenerator<Result> {
  const iterator = results[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await reaching(() => iterator.next());
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    await iterator.return?.();
  }
}

/** No answer, or one of a server that cannot answer now. */
function isAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error.name === NO_BUCKET) return true;
  const metadata: unknown = '$metadata' in error ? error.$metadata : undefined;
  const hasStatus = typeof metadata === 'object' && metadata !== null && 'httpStatusCode' in metadata;
  const status = hasStatus ? metadata.httpStatusCode : undefined;
  if (typeof status === 'number') return status >= 500 || AWAY.has(status);
  // The network's own errors have a system call's code; the client's for its time limits have names.
  return (
    error.name === 'TimeoutError' ||
    error.name === 'AggregateError' ||
    ('code' in error && /^E[A-Z_]+$/.test(String(error.code)))
  );
}
