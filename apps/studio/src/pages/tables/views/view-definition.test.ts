import { initialColumns } from '@ashlar/ui/grid';
import { expect, test } from 'vitest';
import { type ColourRule, readDefinition, toneBy } from './view-definition.ts';

const rule = (more: Partial<ColourRule>): ColourRule => ({
  field: 'stock',
  op: 'lt',
  value: '10',
  tone: 'red',
  isWholeRow: false,
  ...more,
});
const toneOf = (rules: readonly ColourRule[], stock: string | null, field: string | undefined = 'stock'): unknown =>
  toneBy(rules)({ key: '1', values: { stock } }, field === 'row' ? undefined : { id: field });

test('numbers are compared as numbers, texts as texts, and the first rule that holds decides', () => {
  const rules = [rule({}), rule({ op: 'gte', value: '10', tone: 'green' })];
  expect([toneOf(rules, '9'), toneOf(rules, '100'), toneOf(rules, null)]).toEqual(['red', 'green', undefined]);
  expect(toneOf([rule({ op: 'isNull' })], null)).toBe('red');
  expect(toneOf([rule({ op: 'contains', value: 'AB' })], 'xaby')).toBe('red');
});
test('a rule for the row colours no cell, and a rule for a cell no row', () => {
  expect([toneOf([rule({ isWholeRow: true })], '1'), toneOf([rule({ isWholeRow: true })], '1', 'row')]).toEqual([
    undefined,
    'red',
  ]);
  expect(toneOf([rule({})], '1', 'row')).toBeUndefined();
});
test('what a kept view says wrongly is left out', () => {
  const initial = initialColumns([]);
  expect(readDefinition({}, initial)).toMatchObject({ columns: initial, colours: [], search: {} });
  const odd = {
    sort: ['a.desc', 5, 'b'],
    columns: { order: ['x', 1], frozen: -1, widths: { a: 'no', b: 90 } },
    colours: [{}, rule({})],
  };
  expect(readDefinition(odd, initial)).toMatchObject({
    sort: ['a.desc'],
    columns: { order: ['x'], hidden: [], widths: { b: 90 }, frozen: 0 },
    colours: [rule({})],
  });
});
