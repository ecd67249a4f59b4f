import { Readable } from 'node:stream';
import type { ByteRange } from '../domain/conditions.ts';

/** A bucket and who may use it. */
export interface S3Place {
  /** Null for the one of the region, as AWS has it. */
  readonly endpoint: string | null;
  readonly region: string;
  readonly bucket: string;
  readonly accessKey: string;
  readonly secretKey: string;
  /** What every key begins with: empty, or text ending in `/`. */
  readonly prefix: string;
}

export interface ListedFile {
  readonly key: string;
  readonly modifiedAt: Date;
}

export interface ListedUpload {
  readonly key: string;
  readonly id: string;
  readonly startedAt: Date;
}

/** The few things a file store asks of a bucket. */
export interface S3Connection {
  put(key: string, bytes: Buffer): Promise<void>;
  get(key: string, range: ByteRange | undefined): Promise<Readable>;
  head(key: string): Promise<{ readonly sizeBytes: number }>;
  remove(key: string): Promise<void>;
  copy(from: string, to: string): Promise<void>;
  startUpload(key: string): Promise<string>;
  /** @returns The part's tag. */
  putPart(key: string, id: string, number: number, bytes: Buffer): Promise<string>;
  copyPart(key: string, id: string, number: number, from: string, range: ByteRange): Promise<string>;
  complete(key: string, id: string, etags: readonly string[]): Promise<void>;
  /** An upload that is not there is aborted already. */
  abort(key: string, id: string): Promise<void>;
  list(prefix: string): AsyncIterable<ListedFile>;
  uploads(prefix: string): AsyncIterable<ListedUpload>;
}

const CONNECT_TIMEOUT_MS = 5_000;
/** Nothing moves for this long: the connection is dead. As long as a client of ours may take between two bytes. */
const SOCKET_TIMEOUT_MS = 300_000;
const ATTEMPTS = 4;

/** Loads the client's library, which weighs some megabytes of memory. */
export async function connectS3(place: S3Place): Promise<S3Connection> {
  const s3 = await import('@aws-sdk/client-s3');
  const { bucket: Bucket } = place;
  const client = new s3.S3Client({
    ...(place.endpoint === null ? {} : { endpoint: place.endpoint, forcePathStyle: true }),
    region: place.region,
    credentials: { accessKeyId: place.accessKey, secretAccessKey: place.secretKey },
    // Checksums in trailers are newer than many servers; the signature covers every byte sent anyway.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: { connectionTimeout: CONNECT_TIMEOUT_MS, socketTimeout: SOCKET_TIMEOUT_MS },
    maxAttempts: ATTEMPTS,
  });

  return {
    async put(Key, Body) {
      await client.send(new s3.PutObjectCommand({ Bucket, Key, Body, ContentLength: Body.length }));
    },
    async get(Key, range) {
      const Range = range === undefined ? {} : { Range: `bytes=${range.start}-${range.end}` };
      const { Body } = await client.send(new s3.GetObjectCommand({ Bucket, Key, ...Range }));
      if (!(Body instanceof Readable)) throw new TypeError(`The answer for ${Key} has no stream`);
      return Body;
    },
    async head(Key) {
      const { ContentLength } = await client.send(new s3.HeadObjectCommand({ Bucket, Key }));
      return { sizeBytes: ContentLength ?? 0 };
    },
    async remove(Key) {
      await client.send(new s3.DeleteObjectCommand({ Bucket, Key })).catch(unlessMissing);
    },
    async copy(from, Key) {
      await client.send(new s3.CopyObjectCommand({ Bucket, Key, CopySource: sourceOf(Bucket, from) }));
    },
    async startUpload(Key) {
      const { UploadId } = await client.send(new s3.CreateMultipartUploadCommand({ Bucket, Key }));
      return given(UploadId, 'UploadId');
    },
    async putPart(Key, UploadId, PartNumber, Body) {
      const part = { Bucket, Key, UploadId, PartNumber, Body, ContentLength: Body.length };
      return given((await client.send(new s3.UploadPartCommand(part))).ETag, 'ETag');
    },
    async copyPart(Key, UploadId, PartNumber, from, { start, end }) {
      const CopySource = sourceOf(Bucket, from);
      const part = { Bucket, Key, UploadId, PartNumber, CopySource, CopySourceRange: `bytes=${start}-${end}` };
      return given((await client.send(new s3.UploadPartCopyCommand(part))).CopyPartResult?.ETag, 'ETag');
    },
    async complete(Key, UploadId, etags) {
      const Parts = etags.map((ETag, at) => ({ ETag, PartNumber: at + 1 }));
      await client.send(new s3.CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts } }));
    },
    async abort(Key, UploadId) {
      await client.send(new s3.AbortMultipartUploadCommand({ Bucket, Key, UploadId })).catch(unlessMissing);
    },
    async *list(Prefix) {
      for await (const { Contents = [] } of s3.paginateListObjectsV2({ client }, { Bucket, Prefix })) {
        for (const { Key, LastModified } of Contents) {
          if (Key !== undefined && LastModified !== undefined) yield { key: Key, modifiedAt: LastModified };
        }
      }
    },
    async *uploads(Prefix) {
      let markers: { KeyMarker?: string; UploadIdMarker?: string } = {};
      for (;;) {
        const page = await client.send(new s3.ListMultipartUploadsCommand({ Bucket, Prefix, ...markers }));
        for (const { Key, UploadId, Initiated } of page.Uploads ?? []) {
          if (Key !== undefined && UploadId !== undefined && Initiated !== undefined) {
            yield { key: Key, id: UploadId, startedAt: Initiated };
          }
        }
        if (page.IsTruncated !== true || page.NextKeyMarker === undefined) return;
        const { NextKeyMarker: KeyMarker, NextUploadIdMarker: UploadIdMarker } = page;
        markers = { KeyMarker, ...(UploadIdMarker === undefined ? {} : { UploadIdMarker }) };
      }
    },
  };
}

/** Whether S3 said that there is no such object or upload. */
export function isMissing(error: unknown): boolean {
  return error instanceof Error && ['NoSuchKey', 'NotFound', 'NoSuchUpload'].includes(error.name);
}

function unlessMissing(error: unknown): void {
  if (!isMissing(error)) throw error;
}

function sourceOf(bucket: string, key: string): string {
  return `${bucket}/${key}`.split('/').map(encodeURIComponent).join('/');
}

function given(value: string | undefined, name: string): string {
  if (value === undefined) throw new TypeError(`The answer of the S3 server has no ${name}`);
  return value;
}
