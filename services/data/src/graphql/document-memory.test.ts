import { expect, test } from 'vitest';
import { DocumentMemory } from './document-memory.ts';

function filled(count: number, length: number): DocumentMemory {
  const memory = new DocumentMemory();
  for (let index = 0; index < count; index += 1)
    memory.set(String(index), { document: 'x'.repeat(length), kept: false });
  return memory;
}

function known(memory: DocumentMemory, count: number): readonly number[] {
  return Array.from({ length: count }, (_unused, index) => index).filter((index) => memory.get(String(index)));
}

test('500 short documents are remembered, the one read longest ago goes first', () => {
  const memory = filled(500, 10);
  memory.get('0');
  memory.set('500', { document: 'x', kept: false });
  const left = known(memory, 501);
  expect(left).toHaveLength(500);
  expect(left).not.toContain(1);
  expect(left).toContain(0);
});

test('long documents are remembered as far as four million characters go', () => {
  expect(known(filled(100, 128 * 1024), 100)).toEqual(Array.from({ length: 32 }, (_unused, index) => index + 68));
});

test('a document that is set again counts once', () => {
  const memory = new DocumentMemory();
  for (let time = 0; time < 100; time += 1) memory.set('same', { document: 'x'.repeat(128 * 1024), kept: true });
  memory.set('other', { document: 'x', kept: false });
  expect(memory.get('same')?.kept).toBe(true);
});
