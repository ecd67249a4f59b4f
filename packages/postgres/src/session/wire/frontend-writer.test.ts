import { expect, test } from 'vitest';
import { FrontendWriter } from './frontend-writer.ts';

/** Body of the one message in the bytes, after checking its frame. */
function onlyMessage(bytes: Buffer): { readonly code: string; readonly body: Buffer } {
  expect(bytes.readInt32BE(1)).toBe(bytes.length - 1);
  return { code: String.fromCharCode(bytes[0] ?? 0), body: bytes.subarray(5) };
}

test('a bind of texts and nulls says their lengths in bytes', () => {
  const writer = new FrontendWriter();
  writer.bind('s1', ['é', null, '']);
  const { code, body } = onlyMessage(writer.take());
  expect(code).toBe('B');
  expect(body).toEqual(
    Buffer.concat([
      Buffer.from('\0s1\0'),
      Buffer.from([0, 0, 0, 3]),
      Buffer.from([0, 0, 0, 2, 0xc3, 0xa9]),
      Buffer.from([255, 255, 255, 255]),
      Buffer.from([0, 0, 0, 0]),
      Buffer.from([0, 0]),
    ]),
  );
});

test('bytes are bound in binary format beside texts', () => {
  const writer = new FrontendWriter();
  writer.bind('', [Buffer.from([1, 2]), 'x']);
  const { body } = onlyMessage(writer.take());
  expect([...body]).toEqual([0, 0, 0, 2, 0, 1, 0, 0, 0, 2, 0, 0, 0, 2, 1, 2, 0, 0, 0, 1, 120, 0, 0]);
});

test('messages larger than a slab, and many small ones, come out whole and in order', () => {
  const writer = new FrontendWriter();
  const texts = ['a'.repeat(200_000), ...Array.from({ length: 5_000 }, (_, index) => `select ${index}`)];
  for (const text of texts) writer.query(text);
  let bytes = writer.take();
  for (const text of texts) {
    const length = bytes.readInt32BE(1) + 1;
    expect(onlyMessage(bytes.subarray(0, length)).body.toString()).toBe(`${text}\0`);
    bytes = bytes.subarray(length);
  }
  expect(bytes).toHaveLength(0);
});

test('what was taken is not touched by what is written next', () => {
  const writer = new FrontendWriter();
  writer.query('first');
  const first = writer.take();
  const copy = Buffer.from(first);
  writer.query('second');
  expect(first).toEqual(copy);
  expect(writer.take().toString()).toContain('second');
});

test('a message that turns out impossible can be unwritten', () => {
  const writer = new FrontendWriter();
  writer.query('kept');
  const mark = writer.mark();
  expect(() => writer.parse('s', 'select \0')).toThrow(RangeError);
  writer.revert(mark);
  expect(onlyMessage(writer.take()).body.toString()).toBe('kept\0');
});
