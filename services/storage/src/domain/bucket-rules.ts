import { storageErrors } from './storage-errors.ts';

/** A bucket as an upload meets it. */
export interface BucketRules {
  readonly id: string;
  readonly public: boolean;
  readonly file_size_limit: number | null;
  readonly allowed_mime_types: readonly string[] | null;
}

const UNIT_BYTES: Readonly<Record<string, number>> = { B: 1, KB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12 };
const SIZE = /^(\d{1,15}(?:\.\d{1,6})?)(B|KB|MB|GB|TB)$/i;
const MIME_RANGE = /^(?:\*|[\w!#$&^.+-]{1,127})\/(?:\*|[\w!#$&^.+-]{1,127})$/;

/** Bytes of `20MB` (decimal) or of a number; null sets no limit. @throws {AshlarError} `storage.invalid_request`. */
export function parseSizeLimit(limit: number | string | null): number | null {
  if (limit === null) return null;
  const [, amount = '', unit = ''] =
    typeof limit === 'string' ? (SIZE.exec(limit.trim()) ?? []) : ['', String(limit), 'B'];
  const bytes = Number(amount) * (UNIT_BYTES[unit.toUpperCase()] ?? Number.NaN);
  if (amount === '' || !Number.isSafeInteger(bytes) || bytes < 0) {
    throw storageErrors.invalidRequest({ detail: 'Invalid file size format, hint: use 20GB / 20MB / 30KB / 3B' });
  }
  return bytes;
}

/** @throws {AshlarError} `storage.invalid_mime_type`. */
export function checkMimeRanges(ranges: readonly string[] | null): readonly string[] | null {
  for (const range of ranges ?? []) {
    if (range !== '*' && !MIME_RANGE.test(range)) throw storageErrors.invalidMimeType({ type: range.slice(0, 255) });
  }
  return ranges;
}

/** @throws {AshlarError} `storage.invalid_mime_type` when the bucket takes no files of this type. */
export function checkMimeType({ allowed_mime_types: allowed }: BucketRules, type: string): void {
  if (allowed === null || allowed.length === 0) return;
  const essence = essenceOf(type);
  const matches = allowed.some((range) => {
    const wanted = range.toLowerCase();
    if (wanted === '*' || wanted === '*/*' || wanted === essence) return true;
    return wanted.endsWith('/*') && essence.startsWith(wanted.slice(0, -1));
  });
  if (!matches) throw storageErrors.invalidMimeType({ type });
}

/** `text/html` of `Text/HTML; charset=utf-8`. */
export function essenceOf(type: string): string {
  return (type.split(';', 1)[0] ?? '').trim().toLowerCase();
}
