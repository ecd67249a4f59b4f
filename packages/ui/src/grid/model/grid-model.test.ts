import { expect, test, vi } from 'vitest';
import type { Batch } from '../changes/batch.ts';
import { initialColumns } from '../columns/column-state.ts';
import { englishGridMessages } from '../messages.ts';
import { createRowSource, type OwnRowSource } from '../rows/row-source.ts';
import { extendTo, selectCell } from '../selection/selection.ts';
import { fieldTypeOf } from '../types/field-types.ts';
import { Edits } from './edits.ts';
import { GridModel } from './grid-model.ts';
import type { PatchResult } from './patch-result.ts';

const columns = [
  { id: 'name', label: 'Name', type: fieldTypeOf('text') },
  { id: 'size', label: 'Size', type: fieldTypeOf('integer') },
];

interface Bench {
  readonly model: GridModel;
  readonly edits: Edits;
  readonly source: OwnRowSource;
  readonly batches: Batch[];
  readonly asked: number[];
}

async function bench(answer: (batch: Batch) => PatchResult | void = () => {}, count = 1000): Promise<Bench> {
  const batches: Batch[] = [];
  const asked: number[] = [];
  const source = createRowSource({
    pageSize: 100,
    count,
    page: async (n, signal) => {
      asked.push(n);
      await Promise.resolve();
      signal.throwIfAborted();
      return Array.from({ length: 100 }, (_, at) => {
        const key = String(n * 100 + at);
        return { key, values: { name: `row ${key}`, size: key } };
      });
    },
  });
  const model = new GridModel({
    rows: source,
    columns,
    locale: 'en',
    messages: englishGridMessages,
    label: 'Test',
    columnState: initialColumns(columns),
    canAddRows: true,
    onPatch: async (batch) => {
      batches.push(batch);
      return answer(batch);
    },
  });
  model.rows.cache.want(0, 10);
  await until(() => expect(model.rows.at(0)).toBeDefined());
  return { model, edits: new Edits(model), source, batches, asked };
}

/** Looks again and again, also on a machine that is slow. */
const until = (look: () => void): Promise<void> => vi.waitFor(look, { timeout: 30_000, interval: 1 });
const settled = (model: GridModel): Promise<void> => until(() => expect(model.saver.waiting).toBe(0));
const valueAt = (model: GridModel, row: number, column: number): string | null | undefined => {
  const [found, field] = [model.rows.at(row), model.fields[column]];
  return found && field && model.valueOf(found, field);
};

test('an edit shows at once, is saved, and is taken back by its inverse', async () => {
  const { model, edits, batches } = await bench();
  edits.type({ row: 0, column: 0 }, 'new', 'row 0');
  expect(valueAt(model, 0, 0)).toBe('new');
  expect(model.marks.get('0', 'name')?.kind).toBe('saving');
  await settled(model);
  expect(model.marks.get('0', 'name')).toBeUndefined();
  model.undo();
  await settled(model);
  expect(valueAt(model, 0, 0)).toBe('row 0');
  model.redo();
  await settled(model);
  expect(valueAt(model, 0, 0)).toBe('new');
  expect(batches.map((batch) => batch.cause)).toEqual(['edit', 'undo', 'redo']);
});
test('a text that is no value stays in its cell with the reason and is not sent', async () => {
  const { model, edits, batches } = await bench();
  edits.type({ row: 0, column: 1 }, 'many', '0');
  expect(model.marks.get('0', 'size')).toMatchObject({ kind: 'invalid', text: 'many' });
  edits.type({ row: 0, column: 1 }, '12', '0');
  await settled(model);
  expect(batches).toHaveLength(1);
  expect(model.marks.get('0', 'size')).toBeUndefined();
});
test('what the server refuses stays with its reason', async () => {
  const { model, edits } = await bench(() => ({ refused: [{ row: '0', field: 'size', reason: 'too large' }] }));
  edits.type({ row: 0, column: 1 }, '99', '0');
  await settled(model);
  expect(model.marks.get('0', 'size')).toEqual({ kind: 'invalid', text: '99', reason: 'too large' });
});
test('a lost connection loses nothing that was typed', async () => {
  const { model, edits } = await bench(() => {
    throw new Error('offline');
  });
  edits.type({ row: 0, column: 0 }, 'kept', 'row 0');
  await settled(model);
  expect(model.marks.get('0', 'name')).toEqual({ kind: 'invalid', text: 'kept', reason: 'offline' });
});
test('a cell somebody else changed meanwhile is a conflict until a person decides', async () => {
  const { model, edits, source, batches } = await bench();
  source.patch([{ key: '0', values: { name: 'theirs' } }]);
  edits.type({ row: 0, column: 0 }, 'mine', 'row 0');
  expect(model.marks.get('0', 'name')).toEqual({ kind: 'conflict', mine: 'mine', theirs: 'theirs' });
  expect(batches).toHaveLength(0);
  edits.resolve('0', 'name', 'mine');
  await settled(model);
  expect(batches[0]?.changes).toEqual([{ row: '0', field: 'name', before: 'theirs', after: 'mine' }]);
});
test('a change by somebody else lights up, one of our own coming back does not', async () => {
  const { model, edits, source } = await bench();
  source.patch([{ key: '1', values: { name: 'elsewhere' } }]);
  expect(model.marks.get('1', 'name')?.kind).toBe('changed');
  expect(valueAt(model, 1, 0)).toBe('elsewhere');
  edits.type({ row: 0, column: 0 }, 'new', 'row 0');
  await settled(model);
  source.patch([{ key: '0', values: { name: 'new' } }]);
  expect(model.marks.get('0', 'name')).toBeUndefined();
});
test('a paste reaches rows that were never loaded, as one batch', async () => {
  const { model, edits, batches } = await bench();
  model.select(selectCell({ row: 250, column: 0 }));
  const table = Array.from({ length: 300 }, (_, at) => [`p${at}`, String(at)]);
  await edits.paste(table);
  await settled(model);
  expect(batches).toHaveLength(1);
  expect(batches[0]?.changes).toHaveLength(600);
  expect(batches[0]?.changes[0]).toEqual({ row: '250', field: 'name', before: 'row 250', after: 'p0' });
});
test('a paste beyond the last row makes new records, which undo removes by the keys the server gave', async () => {
  const { model, edits, batches } = await bench((batch) => ({
    rows: new Map(batch.inserts.map((row, at) => [row.key, { key: `stored-${at}`, values: row.values }])),
  }));
  model.select(selectCell({ row: 999, column: 0 }));
  await edits.paste([
    ['last', '1'],
    ['extra', '2'],
  ]);
  await settled(model);
  expect(batches[0]).toMatchObject({
    changes: [{ row: '999' }, { row: '999' }],
    inserts: [{ values: { name: 'extra' } }],
  });
  expect(model.rows.stored).toBe(1001);
  model.undo();
  await settled(model);
  expect(batches[1]?.removes).toMatchObject([{ key: 'stored-0' }]);
  expect(model.rows.stored).toBe(1000);
});
test('too much for one act is said and not done', async () => {
  const { model, edits, batches } = await bench();
  const notices: string[] = [];
  model.update({ ...model.options, onNotice: (message) => notices.push(message) });
  model.select(extendTo(selectCell({ row: 0, column: 0 }), { row: 200_000, column: 1 }));
  await edits.paste([['x']]);
  await edits.clear([{ top: 0, bottom: 200_000, start: 0, end: 0 }]);
  expect(notices).toEqual([englishGridMessages.tooMuch]);
  expect(batches.every((batch) => batch.cause === 'paste')).toBe(true);
});
test('the empty row at the end becomes a record when the active cell leaves it', async () => {
  const { model, edits, batches } = await bench();
  model.select(selectCell({ row: 1000, column: 0 }));
  edits.type({ row: 1000, column: 0 }, 'typed', null);
  edits.type({ row: 1000, column: 1 }, '5', null);
  expect(batches).toHaveLength(0);
  model.select(selectCell({ row: 999, column: 0 }));
  await settled(model);
  expect(batches[0]?.inserts).toMatchObject([{ values: { name: 'typed', size: '5' } }]);
});
test('filling, clearing and NULL are batches of their own', async () => {
  const { model, edits, batches } = await bench();
  const from = { top: 0, bottom: 1, start: 1, end: 1 };
  edits.type({ row: 1, column: 1 }, '10', '1');
  await edits.continueSeries({ from, into: { ...from, top: 2, bottom: 4 }, axis: 'rows', isBack: false });
  await edits.clear([{ top: 0, bottom: 1, start: 0, end: 0 }]);
  edits.setNull({ row: 5, column: 0 });
  await settled(model);
  expect(batches.map(({ cause, changes }) => [cause, changes.length])).toEqual([
    ['edit', 1],
    ['fill', 3],
    ['clear', 2],
    ['edit', 1],
  ]);
  expect([2, 3, 4].map((row) => valueAt(model, row, 1))).toEqual(['20', '30', '40']);
  expect(valueAt(model, 0, 0)).toBeNull();
});
test('what changes nothing is nothing to undo', async () => {
  const { model, edits, batches } = await bench();
  edits.type({ row: 0, column: 0 }, 'row 0', 'row 0');
  expect(batches).toHaveLength(0);
  expect(model.undoStack.canUndo).toBe(false);
});
test('rows are duplicated without what cannot be written, and removed', async () => {
  const { model, edits, batches } = await bench();
  await edits.duplicate({ top: 3, bottom: 4, start: 0, end: 0 });
  await edits.removeRows({ top: 0, bottom: 0, start: 0, end: 0 });
  await settled(model);
  expect(batches.map((batch) => batch.cause)).toEqual(['duplicate', 'delete']);
  expect(batches[0]?.inserts.map((row) => row.values['name'])).toEqual(['row 3', 'row 4']);
  expect(batches[1]?.removes).toEqual([{ key: '0', values: { name: 'row 0', size: '0' } }]);
});
test('scrolling on cancels pages nobody waits for, and few are kept', async () => {
  const { model, asked } = await bench(() => {}, 1_000_000);
  for (let page = 1; page <= 100; page += 1) {
    model.rows.cache.want(page * 100, page * 100 + 10);
    // oxlint-disable-next-line no-await-in-loop -- one page after another is what scrolling does
    await until(() => expect(model.rows.at(page * 100)).toBeDefined());
  }
  expect(asked).toHaveLength(101);
  expect(model.rows.at(0)).toBeUndefined();
  model.rows.cache.want(900_000, 900_010);
  model.rows.cache.want(0, 10);
  await until(() => expect(model.rows.at(0)).toBeDefined());
  expect(model.rows.at(900_000)).toBeUndefined();
});
