/** A row of `storage.objects` as JSON. */
export interface StoredObject {
  readonly id: string;
  readonly bucket_id: string;
  readonly name: string;
  readonly owner: string | null;
  readonly owner_id: string | null;
  readonly version: string | null;
  readonly metadata: ObjectMetadata | null;
  readonly user_metadata: Readonly<Record<string, unknown>> | null;
  readonly created_at: string;
  readonly updated_at: string;
  readonly last_accessed_at: string | null;
}

/** Written by us, but rows can come from SQL as well: every member may be missing. */
export interface ObjectMetadata {
  /** With its quotes. */
  readonly eTag?: string;
  readonly size?: number;
  readonly mimetype?: string;
  readonly cacheControl?: string;
  readonly lastModified?: string;
  readonly contentLength?: number;
  readonly httpStatusCode?: number;
  /** Set through the S3 protocol, which alone hands them out again. */
  readonly contentDisposition?: string;
  readonly contentEncoding?: string;
  readonly contentLanguage?: string;
  readonly expires?: string;
  /** Of the whole content, as an S3 client sent it and we checked it: `crc32:DUoRhQ==`. */
  readonly checksum?: string;
  /** Of the parts it was uploaded in through the S3 protocol: `5242880x2,17`. */
  readonly partSizes?: string;
}

/** Columns of a row as clients see them. */
export const OBJECT_COLUMNS: string =
  'o.id, o.bucket_id, o.name, o.owner, o.owner_id, o.version, o.metadata, o.user_metadata, o.created_at, o.updated_at, o.last_accessed_at';

/** `2026-11-21T06:45:00.123Z` of any moment PostgreSQL writes. */
export function wireTime(moment: string | null): string | null {
  return moment === null ? null : new Date(moment).toISOString();
}

/** The row with moments in the form clients parse. */
export function wireTimes<
  Row extends { created_at: string | null; updated_at: string | null; last_accessed_at?: string | null },
>(row: Row): Row {
  const moments = { created_at: wireTime(row.created_at), updated_at: wireTime(row.updated_at) };
  const { last_accessed_at: accessed } = row;
  return { ...row, ...moments, ...(accessed === undefined ? {} : { last_accessed_at: wireTime(accessed) }) };
}
