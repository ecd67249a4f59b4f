import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { readBody } from './read-body.ts';

const MIB = 1024 * 1024;

function inPieces(sizeBytes: number): { readonly whole: Buffer; readonly stream: Readable } {
  const whole = Buffer.from(Array.from({ length: sizeBytes }, (_, index) => index % 251));
  const pieces = Array.from({ length: Math.ceil(sizeBytes / 65_536) }, (_, index) =>
    whole.subarray(index * 65_536, (index + 1) * 65_536),
  );
  return { whole, stream: Readable.from(pieces, { objectMode: false }) };
}

test.each([
  ['empty', 0, 0],
  ['small', 1000, 1000],
  ['of unknown length', 2 * MIB, null],
  ['large', 3 * MIB + 7, 3 * MIB + 7],
  ['shorter than announced', 2 * MIB, 3 * MIB],
])('a body that is %s comes whole', async (_name, sizeBytes, declared) => {
  const { whole, stream } = inPieces(sizeBytes);
  expect(whole.equals(await readBody(stream, declared, 4 * MIB))).toBe(true);
});

test.each([
  ['announced', 2 * MIB],
  ['met on the way', null],
])('too much is refused when %s, and the connection stays for the answer', async (_name, declared) => {
  const { stream } = inPieces(2 * MIB);
  await expect(readBody(stream, declared, MIB)).rejects.toMatchObject({ statusCode: 413 });
  expect(stream.destroyed).toBe(false);
});
