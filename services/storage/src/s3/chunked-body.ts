import { createHash, timingSafeEqual } from 'node:crypto';
import type { SignatureSeed } from './authenticate.ts';
import { ByteReader } from './byte-reader.ts';
import { s3Errors } from './s3-errors.ts';
import { ALGORITHM, EMPTY_HASH, scopeText, sha256, signatureOf } from './signature-v4.ts';

/** How a body of `Content-Encoding: aws-chunked` is secured. */
export interface ChunkedForm {
  /** What the chunks' signatures go on from; null when the chunks are not signed. */
  readonly seed: SignatureSeed | null;
  /** Names of the trailers announced, in lower case; empty for none. */
  readonly trailers: readonly string[];
}

const MAX_HEAD_BYTES = 256;
const MAX_TRAILER_BYTES = 4_096;
const MIN_SIGNED_CHUNK_BYTES = 8_192;
const MAX_CHUNK_BYTES = 5_368_709_120;
const CHUNK_HEAD = /^([0-9a-f]{1,10})(?:;chunk-signature=([0-9a-f]{64}))?$/i;
const TRAILER_SIGNATURE = 'x-amz-trailer-signature';

/**
 * The content of an aws-chunked body, as it comes in. A chunk's bytes are handed on before its signature was seen:
 * whoever reads must keep nothing when the iteration ends in an error.
 *
 * @param onTrailer Called for every trailer before the iteration ends.
 * @throws {AshlarError} `s3.malformed_chunk`, `s3.chunk_signature_mismatch`, `s3.malformed_trailer` and the like.
 */
export async function* readChunked(
  body: AsyncIterable<Buffer>,
  { seed, trailers }: ChunkedForm,
  onTrailer: (name: string, value: string) => void,
): AsyncGenerator<Buffer> {
  const reader = new ByteReader(body);
  const signatures = seed === null ? null : new SignatureChain(seed);
  let isLast = false;
  for (;;) {
    const { bytes, signature } = parseHead(await reader.line(MAX_HEAD_BYTES), signatures !== null);
    if (bytes === 0) {
      signatures?.check(EMPTY_HASH, signature);
      break;
    }
    if (isLast) throw s3Errors.chunkTooSmall();
    isLast = signatures !== null && bytes < MIN_SIGNED_CHUNK_BYTES;
    const hash = createHash('sha256');
    for await (const part of reader.bytes(bytes)) {
      if (signatures !== null) hash.update(part);
      yield part;
    }
    signatures?.check(hash.digest('hex'), signature);
    if ((await reader.line(0)) !== '') throw malformed('a chunk is longer than it says');
  }
  const values = await readTrailers(reader, trailers, signatures);
  if (!(await reader.isAtEnd())) throw malformed('there is something behind its end');
  for (const [name, value] of values) onTrailer(name, value);
}

async function readTrailers(
  reader: ByteReader,
  wanted: readonly string[],
  signatures: SignatureChain | null,
): Promise<ReadonlyMap<string, string>> {
  const values = new Map<string, string>();
  let signature: string | undefined;
  let bytes = 0;
  for (let line = await reader.line(MAX_TRAILER_BYTES); line !== ''; line = await reader.line(MAX_TRAILER_BYTES)) {
    bytes += line.length;
    const [, name = '', value = ''] = /^([\w-]{1,64}):[ \t]*([!-~]{0,1024})[ \t]*$/.exec(line) ?? [];
    const isSignature = name === TRAILER_SIGNATURE && signatures !== null && signature === undefined;
    const isKnown = wanted.includes(name.toLowerCase()) && !values.has(name.toLowerCase()) && signature === undefined;
    if (bytes > MAX_TRAILER_BYTES || (!isSignature && !isKnown)) {
      throw s3Errors.malformedTrailer({ detail: 'a line is too long, or was not announced' });
    }
    if (isSignature) signature = value;
    else values.set(name.toLowerCase(), value);
    // Some clients end with the last trailer and send no empty line.
    if (await reader.isAtEnd()) break;
  }
  if (values.size !== wanted.length) throw s3Errors.malformedTrailer({ detail: 'one that was announced is missing' });
  if (signatures !== null && wanted.length > 0) signatures.checkTrailers(values, signature);
  return values;
}

function parseHead(
  line: string,
  isSigned: boolean,
): { readonly bytes: number; readonly signature: string | undefined } {
  const [whole, size = '', signature] = CHUNK_HEAD.exec(line) ?? [];
  const bytes = Number.parseInt(size, 16);
  if (whole === undefined || bytes > MAX_CHUNK_BYTES) throw malformed('the head of a chunk is none');
  if (isSigned !== (signature !== undefined)) throw malformed('either every chunk has a signature or none has');
  return { bytes, signature };
}

/** Every signature goes on from the one before it, so that no chunk can be left out, doubled or moved. */
class SignatureChain {
  readonly #seed: SignatureSeed;
  #previous: string;

  constructor(seed: SignatureSeed) {
    this.#seed = seed;
    this.#previous = seed.signature;
  }

  check(contentHash: string, given: string | undefined): void {
    this.#expect(`${ALGORITHM}-PAYLOAD`, [EMPTY_HASH, contentHash], given);
  }

  checkTrailers(values: ReadonlyMap<string, string>, given: string | undefined): void {
    const text = [...values].map(([name, value]) => `${name}:${value}\n`).join('');
    this.#expect(`${ALGORITHM}-TRAILER`, [sha256(text)], given);
  }

  #expect(kind: string, hashes: readonly string[], given: string | undefined): void {
    const { key, moment, scope } = this.#seed;
    const text = [kind, moment, scopeText(scope), this.#previous, ...hashes].join('\n');
    const expected = signatureOf(key, text);
    const bytes = Buffer.from(given?.toLowerCase() ?? '', 'hex');
    if (bytes.length !== 32 || !timingSafeEqual(bytes, Buffer.from(expected, 'hex'))) {
      throw s3Errors.chunkSignatureMismatch();
    }
    this.#previous = expected;
  }
}

function malformed(detail: string): Error {
  return s3Errors.malformedChunk({ detail });
}
