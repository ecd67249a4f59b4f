import { expect, test } from 'vitest';
import { placeOfError } from './error-place.ts';

const error = { statement: 1, sqlstate: '42703', message: '', detail: null, hint: null };

test('an error is placed in the whole text, also behind characters of two units', () => {
  const sql = `select '🌍'; select nothing from notes`;
  const place = placeOfError(sql, { ...error, start: 12, position: 8 });
  expect(sql.slice(place ?? 0)).toBe('nothing from notes');
});

test('an error without a place has none', () => {
  expect(placeOfError('select 1', { ...error, start: 0, position: null })).toBeNull();
});
