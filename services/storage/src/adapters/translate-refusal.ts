import { storageErrors } from '../domain/storage-errors.ts';

interface ServerRefusal extends Error {
  readonly code: string;
  readonly constraint?: string;
}

/** The driver's error for what PostgreSQL said, as opposed to a lost connection or an error of our own. */
export function isRefusedByServer(error: unknown): error is ServerRefusal {
  return error instanceof Error && 'severity' in error && 'code' in error && typeof error.code === 'string';
}

/** What PostgreSQL refused, in the words of this surface; any other error as it is. */
export function translateRefusal(error: unknown): unknown {
  if (!isRefusedByServer(error)) return error;
  const cause = { cause: error };
  // A value PostgreSQL cannot read as what it stands for.
  if (error.code.startsWith('22')) return storageErrors.invalidRequest({ detail: error.message }, cause);
  switch (error.code) {
    case '42501':
      return storageErrors.accessDenied({ detail: withoutTable(error.message) }, cause);
    case '23505':
      return error.constraint?.startsWith('buckets_') === true
        ? storageErrors.bucketAlreadyExists({}, cause)
        : storageErrors.keyAlreadyExists({}, cause);
    case '23503':
      return error.message.startsWith('insert or update')
        ? storageErrors.noSuchBucket({}, cause)
        : storageErrors.bucketNotEmpty({}, cause);
    case '57014':
    case '55P03':
      return storageErrors.databaseTimeout({}, cause);
    // Raised by a trigger of ours: `note_usage`.
    case 'AS413':
      return storageErrors.quotaExceeded({ detail: error.message }, cause);
    // Raised by a trigger of the project: its words are meant for the caller.
    case 'P0001':
      return storageErrors.invalidRequest({ detail: error.message }, cause);
    default:
      return error;
  }
}

/** `new row violates row-level security policy`, without the table: that is what clients compare. */
function withoutTable(message: string): string {
  return /^new row violates row-level security policy/.exec(message)?.[0] ?? message;
}
