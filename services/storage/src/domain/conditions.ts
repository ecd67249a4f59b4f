import { storageErrors } from './storage-errors.ts';

export interface ByteRange {
  readonly start: number;
  /** Inclusive. */
  readonly end: number;
}

export interface Validators {
  /** With its quotes. */
  readonly etag: string;
  readonly lastModified: Date;
}

export interface ConditionHeaders {
  readonly 'if-none-match'?: string | undefined;
  readonly 'if-modified-since'?: string | undefined;
  readonly 'if-range'?: string | undefined;
  readonly range?: string | undefined;
}

/** True when the client holds this very version (RFC 9110 §13.2.2: the tag counts, the date only without it). */
export function isUnchanged(headers: ConditionHeaders, { etag, lastModified }: Validators): boolean {
  const tags = headers['if-none-match'];
  if (tags !== undefined) {
    return tags.trim() === '*' || tags.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag);
  }
  const since = Date.parse(headers['if-modified-since'] ?? '');
  return !Number.isNaN(since) && toSecond(lastModified) <= since;
}

const ONE_RANGE = /^bytes=\s*(\d{0,16})\s*-\s*(\d{0,16})\s*$/;

/**
 * The part asked for; null for the whole, which is also the answer to several ranges, to units nobody knows, and to a
 * range of another version.
 *
 * @throws {AshlarError} `storage.invalid_range` when no byte of it exists.
 */
export function rangeOf(headers: ConditionHeaders, sizeBytes: number, validators: Validators): ByteRange | null {
  const { range } = headers;
  if (range === undefined || !isSameVersion(headers['if-range'], validators)) return null;
  const [whole, first = '', last = ''] = ONE_RANGE.exec(range) ?? [];
  if (whole === undefined || (first === '' && last === '')) return null;
  if (first === '') {
    const length = Math.min(Number(last), sizeBytes);
    if (length === 0) throw storageErrors.invalidRange();
    return { start: sizeBytes - length, end: sizeBytes - 1 };
  }
  const start = Number(first);
  const end = last === '' ? sizeBytes - 1 : Math.min(Number(last), sizeBytes - 1);
  if (last !== '' && Number(last) < start) return null;
  if (start >= sizeBytes) throw storageErrors.invalidRange();
  return { start, end };
}

function isSameVersion(ifRange: string | undefined, { etag, lastModified }: Validators): boolean {
  if (ifRange === undefined) return true;
  return ifRange.startsWith('"') ? ifRange === etag : Date.parse(ifRange) === toSecond(lastModified);
}

/** HTTP dates have no fractions. */
function toSecond(date: Date): number {
  return Math.floor(date.getTime() / 1000) * 1000;
}
