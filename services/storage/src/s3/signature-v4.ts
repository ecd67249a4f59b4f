import { createHash, createHmac } from 'node:crypto';

/** AWS Signature Version 4 as S3 has it: the path is encoded once and never tidied up. */
export const ALGORITHM = 'AWS4-HMAC-SHA256';
/** SHA-256 of nothing. */
export const EMPTY_HASH = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

export interface SigningScope {
  /** `20261121`. */
  readonly day: string;
  readonly region: string;
}

export interface CanonicalParts {
  readonly method: string;
  /** Decoded. */
  readonly path: string;
  /** Decoded names and values, the signature itself left out. */
  readonly query: readonly (readonly [name: string, value: string])[];
  /** In the order of the signed names. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** What stands for the body. */
  readonly payload: string;
}

export function canonicalRequest({ method, path, query, headers, payload }: CanonicalParts): string {
  const pairs = query.map(([name, value]) => [encode(name), encode(value)] as const);
  const ordered = pairs.toSorted(([a, x], [b, y]) => compare(a, b) || compare(x, y));
  return [
    method,
    path.split('/').map(encode).join('/'),
    ordered.map(([name, value]) => `${name}=${value}`).join('&'),
    ...headers.map(([name, value]) => `${name}:${value}`),
    '',
    headers.map(([name]) => name).join(';'),
    payload,
  ].join('\n');
}

export function scopeText({ day, region }: SigningScope): string {
  return `${day}/${region}/s3/aws4_request`;
}

export function signingKey(secret: string, { day, region }: SigningScope): Buffer {
  return [region, 's3', 'aws4_request'].reduce((key, part) => hmac(key, part), hmac(`AWS4${secret}`, day));
}

/** @param moment `20261121T101112Z`. */
export function stringToSign(moment: string, scope: SigningScope, canonical: string): string {
  return [ALGORITHM, moment, scopeText(scope), sha256(canonical)].join('\n');
}

/** Hex. */
export function signatureOf(key: Buffer, text: string): string {
  return hmac(key, text).toString('hex');
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** RFC 3986's unreserved letters stay, everything else becomes `%XX` of its UTF-8 bytes. */
export function encode(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

/** By code units, which for encoded text is by bytes. */
function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
