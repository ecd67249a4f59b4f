import { expect, test } from 'vitest';
import { SlowShapes } from './slow-shapes.ts';

test('one slow run proves nothing, a second does', () => {
  const shape = new SlowShapes().of('select 1');
  shape.ran(60, 0);
  expect(shape.isSlow(1)).toBe(false);
  shape.ran(60, 2);
  expect(shape.isSlow(3)).toBe(true);
});

test('a shape the server had to stop is kept off at once', () => {
  const shape = new SlowShapes().of('select 1');
  shape.wasStopped(0);
  expect(shape.isSlow(1)).toBe(true);
});

test('a busy shape is not condemned for a hiccup of the machine', () => {
  const shape = new SlowShapes().of('select 1');
  for (let run = 0; run < 10_000; run++) shape.ran(run % 1_000 === 999 ? 80 : 1, run);
  expect(shape.isSlow(10_000)).toBe(false);
});

test('a shape that is slow once in a hundred runs is kept off', () => {
  const shape = new SlowShapes().of('select 1');
  for (let run = 0; run < 200; run++) shape.ran(run % 100 === 99 ? 80 : 1, run);
  expect(shape.isSlow(200)).toBe(true);
});

test('after its time a shape is tried again', () => {
  const shape = new SlowShapes().of('select 1');
  shape.wasStopped(0);
  expect(shape.isSlow(60_001)).toBe(false);
});
