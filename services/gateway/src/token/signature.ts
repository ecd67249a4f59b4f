import { type KeyObject, createHmac, timingSafeEqual, verify } from 'node:crypto';

export type SignatureAlgorithm = 'HS256' | 'RS256' | 'ES256' | 'EdDSA';

type Check = (signed: Buffer, signature: Buffer, key: KeyObject) => boolean;

/** RFC 7518 §3: sizes are fixed for all but RSA, so anything else is refused before the arithmetic. */
const CHECKS: Readonly<Record<SignatureAlgorithm, Check>> = {
  HS256: (signed, signature, key) => {
    const wanted = createHmac('sha256', key).update(signed).digest();
    return signature.length === wanted.length && timingSafeEqual(signature, wanted);
  },
  RS256: (signed, signature, key) => verify('RSA-SHA256', signed, key, signature),
  ES256: (signed, signature, key) =>
    signature.length === 64 && verify('sha256', signed, { key, dsaEncoding: 'ieee-p1363' }, signature),
  EdDSA: (signed, signature, key) => signature.length === 64 && verify(null, signed, key, signature),
};

export function isSignatureAlgorithm(name: unknown): name is SignatureAlgorithm {
  return typeof name === 'string' && Object.hasOwn(CHECKS, name);
}

export function isSignedBy(algorithm: SignatureAlgorithm, key: KeyObject, signed: Buffer, signature: Buffer): boolean {
  return CHECKS[algorithm](signed, signature, key);
}
