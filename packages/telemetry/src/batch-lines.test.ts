import { expect, test, vi } from 'vitest';
import { batchLines } from './batch-lines.ts';

test('lines wait a moment for each other and keep their order', () => {
  vi.useFakeTimers();
  const written: string[] = [];
  const lines = batchLines((text) => written.push(text));
  lines.write('a\n');
  lines.write('b\n');
  expect(written).toEqual([]);
  vi.advanceTimersByTime(100);
  expect(written).toEqual(['a\nb\n']);
  lines.write('c\n');
  lines.flush();
  vi.advanceTimersByTime(1000);
  expect(written).toEqual(['a\nb\n', 'c\n']);
  vi.useRealTimers();
});

test('a full batch does not wait', () => {
  const written: string[] = [];
  const lines = batchLines((text) => written.push(text));
  for (let line = 0; line < 256; line += 1) lines.write('x\n');
  expect(written).toEqual(['x\n'.repeat(256)]);
});
