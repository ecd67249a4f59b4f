import { storageErrors } from '../domain/storage-errors.ts';
import { isUnchanged, type Validators } from '../domain/conditions.ts';
import { s3Errors } from './s3-errors.ts';

type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

/** `not-modified`: the client has it already. @throws {AshlarError} `s3.precondition_failed`. */
export function judgeRead(headers: Headers, validators: Validators): 'send' | 'not-modified' {
  const tags = textOf(headers['if-match']);
  const unmodifiedSince = Date.parse(textOf(headers['if-unmodified-since']) ?? '');
  const isOther =
    tags === undefined
      ? !Number.isNaN(unmodifiedSince) && Math.floor(validators.lastModified.getTime() / 1000) * 1000 > unmodifiedSince
      : !matches(tags, validators.etag);
  if (isOther) throw s3Errors.preconditionFailed();
  const noneMatch = textOf(headers['if-none-match']);
  const modifiedSince = textOf(headers['if-modified-since']);
  const wanted = { 'if-none-match': noneMatch, 'if-modified-since': modifiedSince };
  // S3's clients leave the quotes out now and then.
  const isSame = noneMatch === undefined ? isUnchanged(wanted, validators) : matches(noneMatch, validators.etag);
  return isSame ? 'not-modified' : 'send';
}

/** The same headers of a copy's source. @throws {AshlarError} `s3.precondition_failed`. */
export function judgeCopySource(headers: Headers, validators: Validators): void {
  const PREFIX = 'x-amz-copy-source-';
  const own = Object.entries(headers).filter(([name]) => name.startsWith(PREFIX));
  const renamed = Object.fromEntries(own.map(([name, value]) => [name.slice(PREFIX.length), value]));
  if (judgeRead(renamed, validators) === 'not-modified') throw s3Errors.preconditionFailed();
}

/** What a write asks of the object that is there: `none`: nothing may be; a tag: it is this one. */
export type WriteCondition =
  | { readonly kind: 'any' }
  | { readonly kind: 'none' }
  | { readonly kind: 'tag'; readonly tags: string };

/** @throws {AshlarError} `s3.not_implemented` for conditions S3 does not have on writes. */
export function writeCondition(headers: Headers): WriteCondition {
  const noneMatch = textOf(headers['if-none-match']);
  const tags = textOf(headers['if-match']);
  if (noneMatch !== undefined && (noneMatch !== '*' || tags !== undefined)) {
    throw s3Errors.notImplemented({ feature: 'This If-None-Match on a write' });
  }
  if (noneMatch !== undefined) return { kind: 'none' };
  return tags === undefined ? { kind: 'any' } : { kind: 'tag', tags };
}

/** @throws {AshlarError} `s3.precondition_failed`, `storage.no_such_key`. */
export function checkTag(tags: string, etag: string | null): void {
  if (etag === null) throw storageErrors.noSuchKey();
  if (!matches(tags, etag)) throw s3Errors.preconditionFailed();
}

function matches(tags: string, etag: string): boolean {
  if (tags.trim() === '*') return true;
  return tags.split(',').some((tag) => {
    const plain = tag.trim().replace(/^W\//, '');
    return plain === etag || `"${plain}"` === etag;
  });
}

function textOf(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
