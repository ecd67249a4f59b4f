import type { Readable } from 'node:stream';

/** Room for the whole body is taken once this much has arrived, so that announcing a large one costs nothing. */
const RESERVE_AFTER_BYTES = 1024 * 1024;

/**
 * Gathers a request's body into one buffer. A large one of known length goes straight to its place: gathering its
 * pieces first would hold it twice.
 *
 * @param declaredBytes The `Content-Length`; null for a body that comes in chunks.
 * @throws An error of status 413 for more than `limitBytes`; what is left of the body stays unread.
 */
export async function readBody(body: Readable, declaredBytes: number | null, limitBytes: number): Promise<Buffer> {
  if (declaredBytes !== null && declaredBytes > limitBytes) throw tooLarge(limitBytes);
  let pieces: Buffer[] = [];
  let whole: Buffer | null = null;
  let received = 0;
  const chunks: AsyncIterable<Buffer> = body.iterator({ destroyOnReturn: false });
  for await (const chunk of chunks) {
    if (received + chunk.length > limitBytes) throw tooLarge(limitBytes);
    if (whole === null && declaredBytes !== null && received + chunk.length > RESERVE_AFTER_BYTES) {
      whole = Buffer.allocUnsafeSlow(declaredBytes);
      Buffer.concat(pieces).copy(whole);
      pieces = [];
    }
    if (whole === null) pieces.push(chunk);
    else chunk.copy(whole, received);
    received += chunk.length;
  }
  return whole?.subarray(0, received) ?? Buffer.concat(pieces);
}

function tooLarge(limitBytes: number): Error {
  return Object.assign(new Error(`A body may have ${limitBytes} bytes`), { statusCode: 413 });
}
