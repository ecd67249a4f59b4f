import { expect, test } from 'vitest';
import { fieldTypeOf } from '../types/field-types.ts';
import {
  hideColumn,
  initialColumns,
  moveColumn,
  resizeColumn,
  showColumn,
  visibleFields,
  widthOf,
} from './column-state.ts';
import { type Field, readCleared, readPasted, readTyped } from './field.ts';

const field = (id: string, type = 'text', more: Partial<Field> = {}): Field => ({
  id,
  label: id,
  type: fieldTypeOf(type),
  ...more,
});
const fields = ['a', 'b', 'c'].map((id) => field(id));
const ids = (state: Parameters<typeof visibleFields>[0]): string =>
  visibleFields(state, fields)
    .map(({ id }) => id)
    .join('');

test('columns are moved before one another, hidden and shown again', () => {
  const moved = moveColumn(initialColumns(fields), fields, 'c', 'a');
  expect(ids(moved)).toBe('cab');
  expect(ids(moveColumn(moved, fields, 'c', undefined))).toBe('abc');
  const hidden = hideColumn(moved, 'a');
  expect(ids(hidden)).toBe('cb');
  expect(ids(showColumn(hidden, 'a'))).toBe('cab');
});
test('columns made later stand at the end, and lost ones are left out', () => {
  expect(ids({ order: ['gone', 'b'], hidden: [], widths: {}, frozen: 0 })).toBe('bac');
});
test('a width has bounds', () => {
  const [first] = fields;
  if (first === undefined) throw new Error('there are three fields');
  expect(widthOf(resizeColumn(initialColumns(fields), 'a', 3), first)).toBe(48);
  expect(widthOf(resizeColumn(initialColumns(fields), 'a', 1e9), first)).toBe(1200);
});
test('an emptied editor is the empty text for texts and NULL for the rest', () => {
  expect(readTyped(field('a'), '', 'en')).toEqual({ ok: true, value: '' });
  expect(readTyped(field('a', 'integer'), '', 'en')).toEqual({ ok: true, value: null });
  expect(readTyped(field('a', 'integer', { isNullable: false }), '', 'en')).toEqual({ ok: false, reason: 'required' });
});
test('an empty cell of a spreadsheet is NULL where the column allows it', () => {
  expect(readPasted(field('a'), '', 'en')).toEqual({ ok: true, value: null });
  expect(readPasted(field('a', 'text', { isNullable: false }), '', 'en')).toEqual({ ok: true, value: '' });
  expect(readCleared(field('a', 'date', { isNullable: false }))).toEqual({ ok: false, reason: 'required' });
});
