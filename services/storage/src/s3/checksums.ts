import { createHash } from 'node:crypto';
import { createCrc32, createCrc32c, createCrc64Nvme, type RunningSum } from './crc.ts';
import { s3Errors } from './s3-errors.ts';

const hashSum = (name: string) => (): RunningSum => {
  const hash = createHash(name);
  return { update: (chunk) => void hash.update(chunk), digest: () => hash.digest() };
};

export type ChecksumAlgorithm = 'crc32' | 'crc32c' | 'crc64nvme' | 'sha1' | 'sha256';

/** Every checksum S3 clients send, by the end of its header's name, and its length in bytes. */
const ALGORITHMS: Readonly<Record<ChecksumAlgorithm, { readonly create: () => RunningSum; readonly bytes: number }>> = {
  crc32: { create: createCrc32, bytes: 4 },
  crc32c: { create: createCrc32c, bytes: 4 },
  crc64nvme: { create: createCrc64Nvme, bytes: 8 },
  sha1: { create: hashSum('sha1'), bytes: 20 },
  sha256: { create: hashSum('sha256'), bytes: 32 },
};

export interface Checksum {
  readonly algorithm: ChecksumAlgorithm;
  /** Base64, as on the wire. */
  readonly value: string;
}

export const CHECKSUM_PREFIX = 'x-amz-checksum-';
/** Members of S3's XML: `ChecksumCRC32`. */
export const CHECKSUM_ALGORITHMS: readonly ChecksumAlgorithm[] = ['crc32', 'crc32c', 'crc64nvme', 'sha1', 'sha256'];

/** The algorithm of a header such as `x-amz-checksum-crc32`; null for any other header. */
export function algorithmOf(header: string): ChecksumAlgorithm | null {
  const name = header.startsWith(CHECKSUM_PREFIX) ? header.slice(CHECKSUM_PREFIX.length) : '';
  return CHECKSUM_ALGORITHMS.find((algorithm) => algorithm === name) ?? null;
}

/** @throws {AshlarError} `s3.invalid_digest` for what no checksum of this kind can be. */
export function checksumOf(algorithm: ChecksumAlgorithm, value: string): Checksum {
  const bytes = Buffer.from(value, 'base64');
  if (bytes.length !== ALGORITHMS[algorithm].bytes || bytes.toString('base64') !== value) {
    throw s3Errors.invalidDigest({ name: CHECKSUM_PREFIX + algorithm });
  }
  return { algorithm, value };
}

export function createSum(algorithm: ChecksumAlgorithm): RunningSum {
  return ALGORITHMS[algorithm].create();
}

/** `crc32:DUoRhQ==`, as rows keep it. */
export function checksumText({ algorithm, value }: Checksum): string {
  return `${algorithm}:${value}`;
}

/** Null for what a row cannot have got from us. */
export function parseChecksum(text: unknown): Checksum | null {
  if (typeof text !== 'string') return null;
  const [, name = '', value = ''] = /^([a-z0-9]+):([A-Za-z0-9+/=]{4,64})$/.exec(text) ?? [];
  const algorithm = CHECKSUM_ALGORITHMS.find((known) => known === name);
  return algorithm === undefined ? null : { algorithm, value };
}
