import { expect, test } from 'vitest';
import { fieldTypeOf } from '../types/field-types.ts';
import { inverseOf, makeBatch, renameRows } from './batch.ts';
import { fillDown, fillTo } from './fill-range.ts';
import { fillSeries } from './fill-series.ts';
import { pastedAt, pasteRange } from './paste-plan.ts';
import { UndoStack } from './undo-stack.ts';

const change = (after: string): ReturnType<typeof makeBatch> =>
  makeBatch('edit', { changes: [{ row: '1', field: 'name', before: 'a', after }] });

test('the inverse of a batch gives every cell back and turns new rows into removed ones', () => {
  const batch = makeBatch('paste', {
    changes: [{ row: '1', field: 'name', before: null, after: 'x' }],
    inserts: [{ key: 'new', values: { name: 'y' } }],
  });
  const inverse = inverseOf(batch);
  expect(inverse.changes).toEqual([{ row: '1', field: 'name', before: 'x', after: null }]);
  expect(inverse.removes).toEqual(batch.inserts);
  expect(inverseOf(inverse).changes).toEqual(batch.changes);
});
test('a row the server named is removed by that name', () => {
  const undo = inverseOf(makeBatch('insert', { inserts: [{ key: 'new', values: {} }] }));
  expect(renameRows(undo, new Map([['new', '7']])).removes).toEqual([{ key: '7', values: {} }]);
});
test('undo goes back in order, redo forward, and a new act forgets what was undone', () => {
  const stack = new UndoStack();
  const [first, second, third] = [change('1'), change('2'), change('3')];
  stack.push(first);
  stack.push(second);
  expect(stack.undo()).toBe(second);
  expect(stack.redo()).toBe(second);
  expect([stack.undo(), stack.undo(), stack.undo()]).toEqual([second, first, undefined]);
  stack.push(third);
  expect(stack.canRedo).toBe(false);
});
test('only the last 200 acts can be taken back', () => {
  const stack = new UndoStack();
  for (let at = 0; at < 205; at += 1) stack.push(change(String(at)));
  let count = 0;
  while (stack.undo() !== undefined) count += 1;
  expect(count).toBe(200);
});
test('the fill handle goes on with a series and repeats the rest', () => {
  expect(fillSeries(['1', '3'], 3, fieldTypeOf('integer'))).toEqual(['5', '7', '9']);
  expect(fillSeries(['0.10', '0.20'], 2, fieldTypeOf('numeric'))).toEqual(['0.30', '0.40']);
  expect(fillSeries(['2026-01-30', '2026-01-31'], 2, fieldTypeOf('date'))).toEqual(['2026-02-01', '2026-02-02']);
  expect(fillSeries(['a', 'b'], 3, fieldTypeOf('text'))).toEqual(['a', 'b', 'a']);
  expect(fillSeries(['7'], 2, fieldTypeOf('integer'))).toEqual(['7', '7']);
  expect(fillSeries([null, '2'], 2, fieldTypeOf('integer'))).toEqual([null, '2']);
  expect(fillSeries(['NaN', '2'], 2, fieldTypeOf('numeric'))).toEqual(['NaN', '2']);
});
test('a series that would leave its type repeats', () => {
  expect(fillSeries(['32766', '32767'], 1, fieldTypeOf('smallint'))).toEqual(['32766']);
});
test('a drag of the handle fills along the axis it went further on', () => {
  const from = { top: 2, bottom: 3, start: 1, end: 1 };
  expect(fillTo(from, { row: 6, column: 2 })?.into).toEqual({ top: 4, bottom: 6, start: 1, end: 1 });
  expect(fillTo(from, { row: 0, column: 1 })).toMatchObject({ isBack: true, into: { top: 0, bottom: 1 } });
  expect(fillTo(from, { row: 3, column: 4 })).toMatchObject({ axis: 'columns', into: { start: 2, end: 4 } });
  expect(fillTo(from, { row: 2, column: 1 })).toBeUndefined();
});
test('filling down takes the first row, or the one above a single row', () => {
  expect(fillDown({ top: 2, bottom: 5, start: 0, end: 1 })).toMatchObject({
    from: { top: 2, bottom: 2 },
    into: { top: 3 },
  });
  expect(fillDown({ top: 2, bottom: 2, start: 0, end: 0 })).toMatchObject({
    from: { top: 1, bottom: 1 },
    into: { top: 2 },
  });
  expect(fillDown({ top: 0, bottom: 0, start: 0, end: 0 })).toBeUndefined();
});
test('a paste takes its own size, or fills a selection it divides', () => {
  const table = [['1', '2']];
  expect(pasteRange(table, { top: 0, bottom: 0, start: 0, end: 0 }, 5)).toEqual({
    top: 0,
    bottom: 0,
    start: 0,
    end: 1,
  });
  expect(pasteRange(table, { top: 0, bottom: 2, start: 0, end: 3 }, 5)).toEqual({
    top: 0,
    bottom: 2,
    start: 0,
    end: 3,
  });
  expect(pasteRange(table, { top: 0, bottom: 0, start: 4, end: 4 }, 5)).toMatchObject({ start: 4, end: 4 });
  expect(pastedAt(table, 2, 3)).toBe('2');
});
test('a ragged table leaves alone the cells it says nothing of', () => {
  expect(pastedAt([['1', '2'], ['3']], 1, 1)).toBeUndefined();
});
