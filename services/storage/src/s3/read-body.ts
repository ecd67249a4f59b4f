import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { FastifyRequest } from 'fastify';
import type { Authentication } from './authenticate.ts';
import { algorithmOf, type Checksum, checksumOf, createSum } from './checksums.ts';
import { type ChunkedForm, readChunked } from './chunked-body.ts';
import { s3Errors } from './s3-errors.ts';

/** A body whose bytes are proven only when the iteration ends without an error. */
export interface ProvenBody {
  readonly bytes: AsyncIterable<Buffer>;
  /** Bytes of the content where they were declared. */
  readonly declaredBytes: number | null;
  /** The checksum the client sent and the content has; known after the last byte. */
  readonly checksum: () => Checksum | null;
}

const HASH = /^[0-9a-f]{64}$/;
/** Forms of aws-chunked: whether the chunks are signed, and whether a trailer follows. */
const CHUNKED: ReadonlyMap<string, { readonly isSigned: boolean; readonly hasTrailer: boolean }> = new Map([
  ['STREAMING-AWS4-HMAC-SHA256-PAYLOAD', { isSigned: true, hasTrailer: false }],
  ['STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER', { isSigned: true, hasTrailer: true }],
  ['STREAMING-UNSIGNED-PAYLOAD-TRAILER', { isSigned: false, hasTrailer: true }],
]);

/** @throws {AshlarError} `s3.*` for headers that contradict each other; the iteration throws for the bytes. */
export function readBody(request: FastifyRequest, authentication: Authentication): ProvenBody {
  const { headers } = request;
  const { payload, isPresigned } = authentication;
  const chunked = CHUNKED.get(payload);
  if (chunked === undefined && payload !== 'UNSIGNED-PAYLOAD' && !HASH.test(payload)) throw s3Errors.hashMissing();
  if (chunked !== undefined && isPresigned) throw s3Errors.hashMissing();
  const trailer = chunked?.hasTrailer === true ? trailerOf(headers['x-amz-trailer']) : null;
  let checksum = headerChecksum(headers);
  if (trailer !== null && checksum !== null) throw s3Errors.invalidArgument({ name: 'x-amz-checksum' });
  const declaredBytes = declaredLength(headers, chunked !== undefined);
  const raw = rawBytes(request);
  const form: ChunkedForm | null =
    chunked === undefined
      ? null
      : { seed: chunked.isSigned ? authentication.seed : null, trailers: trailer === null ? [] : [trailer.header] };
  const content =
    form === null
      ? raw
      : readChunked(raw, form, (_name, value) => {
          if (trailer !== null) checksum = checksumOf(trailer.algorithm, value);
        });
  const checks = [
    ...(declaredBytes === null ? [] : [lengthCheck(declaredBytes)]),
    ...(HASH.test(payload) ? [hashCheck(payload)] : []),
    ...md5Checks(headers['content-md5']),
    ...sumChecks(trailer?.algorithm ?? checksum?.algorithm, () => checksum),
  ];
  return { bytes: checked(content, checks), declaredBytes, checksum: () => checksum };
}

interface Check {
  readonly see: (chunk: Buffer) => void;
  /** @throws {AshlarError} When the whole is not what was promised. */
  readonly end: () => void;
}

async function* checked(body: AsyncIterable<Buffer>, checks: readonly Check[]): AsyncGenerator<Buffer> {
  for await (const chunk of body) {
    for (const { see } of checks) see(chunk);
    yield chunk;
  }
  for (const { end } of checks) end();
}

function lengthCheck(declared: number): Check {
  let bytes = 0;
  return {
    see(chunk) {
      bytes += chunk.length;
      if (bytes > declared) throw s3Errors.incompleteBody();
    },
    end() {
      if (bytes !== declared) throw s3Errors.incompleteBody();
    },
  };
}

function hashCheck(expected: string): Check {
  const hash = createHash('sha256');
  return {
    see: (chunk) => void hash.update(chunk),
    end() {
      if (hash.digest('hex') !== expected) throw s3Errors.hashMismatch();
    },
  };
}

function md5Checks(header: string | readonly string[] | undefined): readonly Check[] {
  if (header === undefined) return [];
  if (typeof header !== 'string') throw s3Errors.invalidDigest({ name: 'Content-MD5' });
  const expected = Buffer.from(header, 'base64');
  if (expected.length !== 16 || expected.toString('base64') !== header)
    throw s3Errors.invalidDigest({ name: 'Content-MD5' });
  const hash = createHash('md5');
  return [
    {
      see: (chunk) => void hash.update(chunk),
      end() {
        if (!hash.digest().equals(expected)) throw s3Errors.badDigest({ name: 'Content-MD5' });
      },
    },
  ];
}

function sumChecks(algorithm: Checksum['algorithm'] | undefined, promised: () => Checksum | null): readonly Check[] {
  if (algorithm === undefined) return [];
  const sum = createSum(algorithm);
  return [
    {
      see: (chunk) => sum.update(chunk),
      end() {
        if (sum.digest().toString('base64') !== promised()?.value) {
          throw s3Errors.badDigest({ name: algorithm.toUpperCase() });
        }
      },
    },
  ];
}

type Headers = FastifyRequest['headers'];

function headerChecksum(headers: Headers): Checksum | null {
  const sent = Object.entries(headers).flatMap(([name, value]) => {
    const algorithm = algorithmOf(name);
    return algorithm === null ? [] : [checksumOf(algorithm, String(value))];
  });
  if (sent.length > 1) throw s3Errors.invalidArgument({ name: 'x-amz-checksum' });
  return sent[0] ?? null;
}

function trailerOf(header: string | readonly string[] | undefined) {
  const name = typeof header === 'string' ? header.trim().toLowerCase() : '';
  const algorithm = algorithmOf(name);
  if (algorithm === null) throw s3Errors.malformedTrailer({ detail: 'x-amz-trailer names no checksum' });
  return { header: name, algorithm };
}

function declaredLength(headers: Headers, isChunked: boolean): number | null {
  const text = isChunked ? headers['x-amz-decoded-content-length'] : headers['content-length'];
  if (text === undefined && !isChunked) return null;
  if (typeof text !== 'string' || !/^\d{1,15}$/.test(text)) {
    throw s3Errors.invalidArgument({ name: 'x-amz-decoded-content-length' });
  }
  return Number(text);
}

/** Who stops early leaves the request open, so that it can still be answered. */
function rawBytes({ body }: FastifyRequest): AsyncIterable<Buffer> {
  if (!(body instanceof Readable)) return Readable.from([]);
  return { [Symbol.asyncIterator]: () => body.iterator({ destroyOnReturn: false })[Symbol.asyncIterator]() };
}
