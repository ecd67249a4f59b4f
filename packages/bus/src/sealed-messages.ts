import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

const SIGNATURE_BYTES = 32;
/** Signature, publisher, when and the how-many-th. */
const HEADER_BYTES: number = SIGNATURE_BYTES + 24;
/** How old a message may be, with clocks that differ. */
const MAX_AGE_MS = 60_000;
/** Publishers whose counts are remembered; with more, those heard of longest ago are forgotten. */
const MAX_PUBLISHERS = 1_000;

/**
 * Signs what one process publishes: whoever is let in to the server without knowing the instance's secret can neither
 * say anything, nor move a message to another subject, nor say one again.
 */
export function createSealer(secret: string, now: () => number): (subject: string, bytes: Uint8Array) => Buffer {
  const publisher = randomBytes(8);
  let count = 0n;
  return (subject, bytes) => {
    const sealed = Buffer.alloc(HEADER_BYTES + bytes.byteLength);
    publisher.copy(sealed, SIGNATURE_BYTES);
    sealed.writeBigUInt64BE(BigInt(Math.floor(now())), SIGNATURE_BYTES + 8);
    sealed.writeBigUInt64BE((count += 1n), SIGNATURE_BYTES + 16);
    sealed.set(bytes, HEADER_BYTES);
    signatureOf(secret, subject, sealed).copy(sealed);
    return sealed;
  };
}

/** Opens what one subscription hears. Null: it is not from a process of the instance, late, or was heard before. */
export function createUnsealer(
  secret: string,
  subject: string,
  now: () => number,
): (sealed: Uint8Array) => Uint8Array | null {
  const counts = new Map<string, bigint>();
  return (given) => {
    if (given.byteLength < HEADER_BYTES) return null;
    const sealed = Buffer.from(given.buffer, given.byteOffset, given.byteLength);
    if (!timingSafeEqual(signatureOf(secret, subject, sealed), sealed.subarray(0, SIGNATURE_BYTES))) return null;
    const publisher = sealed.toString('hex', SIGNATURE_BYTES, SIGNATURE_BYTES + 8);
    const sentAt = Number(sealed.readBigUInt64BE(SIGNATURE_BYTES + 8));
    const count = sealed.readBigUInt64BE(SIGNATURE_BYTES + 16);
    if (Math.abs(now() - sentAt) > MAX_AGE_MS || count <= (counts.get(publisher) ?? 0n)) return null;
    counts.delete(publisher);
    counts.set(publisher, count);
    const [oldest] = counts.keys();
    if (counts.size > MAX_PUBLISHERS && oldest !== undefined) counts.delete(oldest);
    return sealed.subarray(HEADER_BYTES);
  };
}

function signatureOf(secret: string, subject: string, sealed: Buffer): Buffer {
  const hmac = createHmac('sha256', secret).update(`${subject}\n`);
  return hmac.update(sealed.subarray(SIGNATURE_BYTES)).digest();
}
