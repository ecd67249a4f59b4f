import type { Refusal } from '@ashlar/service';
import { type SignatureAlgorithm, isSignatureAlgorithm } from './signature.ts';
import { parseStrictObject } from './strict-json.ts';

/** A JWS in compact form, taken apart and not yet believed. */
export interface ParsedToken {
  readonly algorithm: SignatureAlgorithm;
  readonly kid: string | undefined;
  readonly signed: Buffer;
  readonly signature: Buffer;
  readonly payload: Buffer;
}

/** Bytes; far above any token of ours, far below what would be work to parse. */
const MAX_TOKEN_BYTES = 16 * 1024;

export function parseToken(token: string): ParsedToken | Refusal {
  if (token === '') return malformed('Empty JWT is sent in Authorization header');
  if (token.length > MAX_TOKEN_BYTES) return malformed(`The JWT is larger than ${MAX_TOKEN_BYTES} bytes`);
  const parts = token.split('.');
  const [encodedHeader = '', encodedPayload = '', encodedSignature = ''] = parts;
  if (parts.length !== 3) return malformed(`Expected 3 parts in JWT; got ${parts.length}`);
  const headerBytes = decodeBase64Url(encodedHeader);
  const payload = decodeBase64Url(encodedPayload);
  const signature = decodeBase64Url(encodedSignature);
  const header = headerBytes === null ? null : parseStrictObject(headerBytes)?.value;
  if (header === null || header === undefined || payload === null || signature === null) return undecodable();
  const { alg, kid, crit } = header;
  if (!isSignatureAlgorithm(alg)) {
    return { reason: 'token-algorithm', message: 'Wrong or unsupported encoding algorithm' };
  }
  // `crit` names extensions a reader must understand (RFC 7515 §4.1.11); we understand none.
  if (crit !== undefined || (kid !== undefined && typeof kid !== 'string')) return undecodable();
  const signed = Buffer.from(token.slice(0, encodedHeader.length + 1 + encodedPayload.length));
  return { algorithm: alg, kid, signed, signature, payload };
}

/** Decodes and encodes again, because Node's decoder forgives padding, foreign letters and loose trailing bits. */
function decodeBase64Url(text: string): Buffer | null {
  const bytes = Buffer.from(text, 'base64url');
  return bytes.toString('base64url') === text ? bytes : null;
}

function undecodable(): Refusal {
  return malformed('JWT cryptographic operation failed');
}

function malformed(message: string): Refusal {
  return { reason: 'token-malformed', message };
}
