import { expect, test } from 'vitest';
import { SlowShapes } from './slow-shapes.ts';

test('one slow run proves nothing, a second does', () => {
  const shape = new SlowShapes().of('select 1');
  shape.ran(60, 0);
  expect(shape.isSlow(1)).toBe(false);
  shape.ran(60, 70);
  expect(shape.isSlow(71)).toBe(true);
});

test('runs that were slow at the same time prove no more than one', () => {
  const shape = new SlowShapes().of('select 1');
  shape.ran(60, 60);
  shape.ran(58, 61);
  shape.ran(70, 65);
  expect(shape.isSlow(66)).toBe(false);
  shape.ran(60, 130);
  expect(shape.isSlow(131)).toBe(true);
});

test('a new shape is stopped early, and kept off when it had to be stopped twice', () => {
  const shape = new SlowShapes().of('select 1');
  expect(shape.limits(250, 0)).toEqual({ statementMs: 50, lockMs: 5 });
  shape.wasStopped(0);
  expect(shape.isSlow(1)).toBe(false);
  shape.wasStopped(2);
  expect(shape.isSlow(3)).toBe(true);
});

test('a shape that was quick and had to be stopped is kept off at once', () => {
  const shape = new SlowShapes().of('select 1');
  for (let run = 0; run < 3; run++) shape.ran(1, run);
  expect(shape.limits(250, 3)).toEqual({ statementMs: 250, lockMs: 250 });
  shape.wasStopped(4);
  expect(shape.isSlow(5)).toBe(true);
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
  shape.wasStopped(0);
  expect(shape.isSlow(59_999)).toBe(true);
  expect(shape.isSlow(60_001)).toBe(false);
});

test('a shape that met a lock stays shared but waits for locks no longer', () => {
  const shape = new SlowShapes().of('update rows');
  for (let run = 0; run < 3; run++) shape.ran(1, run);
  shape.metLock(10);
  expect(shape.isSlow(11)).toBe(false);
  expect(shape.limits(250, 11)).toEqual({ statementMs: 250, lockMs: 5 });
  expect(shape.limits(250, 60_011)).toEqual({ statementMs: 250, lockMs: 250 });
});
