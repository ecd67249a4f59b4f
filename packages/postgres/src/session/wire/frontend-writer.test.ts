import { expect, test } from 'vitest';
import { FrontendWriter } from './frontend-writer.ts';

function taken(writer: FrontendWriter): Buffer {
  return Buffer.concat(writer.take());
}

/** Body of the one message in the bytes, after checking its frame. */
function onlyMessage(bytes: Buffer): { readonly code: string; readonly body: Buffer } {
  expect(bytes.readInt32BE(1)).toBe(bytes.length - 1);
  return { code: String.fromCharCode(bytes[0] ?? 0), body: bytes.subarray(5) };
}

test('a bind of texts and nulls says their lengths in bytes', () => {
  const writer = new FrontendWriter();
  writer.bind('s1', ['é', null, '']);
  const { code, body } = onlyMessage(taken(writer));
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
  const { body } = onlyMessage(taken(writer));
  expect([...body]).toEqual([0, 0, 0, 2, 0, 1, 0, 0, 0, 2, 0, 0, 0, 2, 1, 2, 0, 0, 0, 1, 120, 0, 0]);
});

test('messages larger than a slab, and many small ones, come out whole and in order', () => {
  const writer = new FrontendWriter();
  const texts = ['a'.repeat(200_000), ...Array.from({ length: 5_000 }, (_, index) => `select ${index}`)];
  for (const text of texts) writer.query(text);
  let bytes = taken(writer);
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
  const first = taken(writer);
  const copy = Buffer.from(first);
  writer.query('second');
  expect(first).toEqual(copy);
  expect(taken(writer).toString()).toContain('second');
});

test('a message that turns out impossible can be unwritten', () => {
  const writer = new FrontendWriter();
  writer.query('kept');
  const mark = writer.mark();
  expect(() => writer.parse('s', 'select \0')).toThrow(RangeError);
  writer.revert(mark);
  expect(onlyMessage(taken(writer)).body.toString()).toBe('kept\0');
});

test('a large value stands in its message without having been copied', () => {
  const writer = new FrontendWriter();
  const large = Buffer.alloc(300_000, 7);
  writer.bind('before', ['x']);
  const mark = writer.mark();
  writer.bind('unwritten', [large]);
  writer.revert(mark);
  writer.bind('', ['a', large, 'b']);
  const pieces = writer.take();
  expect(pieces).toContain(large);
  const bytes = Buffer.concat(pieces);
  const second = bytes.subarray(bytes.readInt32BE(1) + 1);
  const { code, body } = onlyMessage(second);
  expect(code).toBe('B');
  expect(body.indexOf(large)).toBe(body.length - large.length - '\0\0\0\x01b\0\0'.length);
  expect(writer.take()).toEqual([Buffer.alloc(0)]);
});
