import { expect, test } from 'vitest';
import { handOnInSlices, Reclaimer } from './reclaim.ts';

const chunk = (): Buffer => Buffer.from(new ArrayBuffer(100_000));

test('a whole chunk is taken once it is written, and a part of one never', () => {
  const [whole, other] = [chunk(), chunk()];
  new Reclaimer().take([whole, other.subarray(10)]);
  expect(whole.buffer.byteLength).toBe(0);
  expect(other.buffer.byteLength).toBe(100_000);
});

test('a chunk that comes in slices is taken with what it was copied from when another one follows', () => {
  const [sliced, source, next] = [chunk(), chunk(), chunk()];
  handOnInSlices(sliced, [source]);
  handOnInSlices(next);
  const reclaimer = new Reclaimer();
  reclaimer.take([sliced.subarray(0, 10), sliced.subarray(20, 50)]);
  reclaimer.take([sliced.subarray(60)]);
  expect([sliced.buffer.byteLength, source.buffer.byteLength]).toEqual([100_000, 100_000]);
  reclaimer.take([next.subarray(0, 5)]);
  expect([sliced.buffer.byteLength, source.buffer.byteLength]).toEqual([0, 0]);
  expect(next.buffer.byteLength).toBe(100_000);
});

test('memory that small buffers share is never taken', () => {
  const [one, other] = [Buffer.from('one'), Buffer.from('other')];
  handOnInSlices(one);
  const reclaimer = new Reclaimer();
  reclaimer.take([one, chunk(), other, chunk()]);
  expect([one.toString(), other.toString()]).toEqual(['one', 'other']);
});
