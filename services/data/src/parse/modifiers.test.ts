import { describe, expect, test } from 'vitest';
import { RestError } from '../rest-error.ts';
import { parseColumnList } from './column-list.ts';
import { chooseMediaType, contentTypeOf } from './media-type.ts';
import { parseOrder } from './order.ts';
import { parsePrefer } from './prefer.ts';
import { intersectRanges, parseCount, parseRangeHeader } from './range.ts';
import { parseResource } from './resource.ts';

describe('order', () => {
  test.each([
    ['a', [{ field: { name: 'a' }, direction: null, nulls: null }]],
    ['a.asc,b.desc', [{ direction: 'asc' }, { direction: 'desc' }]],
    ['a.nullsfirst', [{ direction: null, nulls: 'first' }]],
    ['a.desc.nullslast', [{ direction: 'desc', nulls: 'last' }]],
    ['d->x->>y.desc', [{ field: { name: 'd', path: [{ operand: 'x' }, { operand: 'y' }] }, direction: 'desc' }]],
    ['rel(a).desc', [{ relation: 'rel', field: { name: 'a' }, direction: 'desc' }]],
  ])('%s', (text, expected) => {
    expect(parseOrder(text)).toMatchObject(expected);
  });

  test.each(['', 'a.up', 'a.nullsfirst.asc', 'a.asc.desc', 'a,', 'rel(a'])('%s is refused', (text) => {
    expect(() => parseOrder(text)).toThrow(RestError);
  });
});

test('column lists may quote', () => {
  expect(parseColumnList('a,"b c","d,e"', 'columns parameter')).toEqual(['a', 'b c', 'd,e']);
  expect(parseColumnList('', 'columns parameter')).toEqual([]);
  expect(() => parseColumnList('a,', 'on_conflict parameter')).toThrow(/on_conflict parameter/);
});

function isTimezone(name: string): boolean {
  return name === 'Africa/Cairo';
}

describe('preferences', () => {
  test('the first of a kind counts', () => {
    expect(parsePrefer('return=representation, count=exact,return=minimal , max-affected=5', isTimezone)).toMatchObject(
      {
        return: 'representation',
        count: 'exact',
        maxAffected: 5,
      },
    );
  });

  test('the unknown is ignored, or refused when that is asked for', () => {
    expect(parsePrefer('foo=1, timezone=Mars/One', isTimezone)).toMatchObject({ timezone: null });
    expect(() => parsePrefer('handling=strict, foo=1, timezone=Mars/One', isTimezone)).toThrow(
      expect.objectContaining({ code: 'PGRST122', details: 'Invalid preferences: foo=1, timezone=Mars/One' }),
    );
    expect(parsePrefer('handling=strict, timezone=Africa/Cairo', isTimezone).timezone).toBe('Africa/Cairo');
  });
});

describe('media types', () => {
  const all = ['json', 'object', 'array', 'csv'] as const;

  test.each([
    [undefined, 'application/json; charset=utf-8'],
    ['*/*', 'application/json; charset=utf-8'],
    ['text/html, */*;q=0.8', 'application/json; charset=utf-8'],
    ['application/vnd.pgrst.object', 'application/vnd.pgrst.object+json; charset=utf-8'],
    ['application/json;q=0.5, text/csv', 'text/csv; charset=utf-8'],
    ['text/csv;q=0.1, application/json', 'application/json; charset=utf-8'],
    [
      'application/vnd.pgrst.array+json;nulls=stripped',
      'application/vnd.pgrst.array+json;nulls=stripped; charset=utf-8',
    ],
  ])('%s', (accept, expected) => {
    expect(contentTypeOf(chooseMediaType(accept, all))).toBe(expected);
  });

  test('none acceptable', () => {
    expect(() => chooseMediaType('image/png, text/html', all)).toThrow(
      'None of these media types are available: image/png, text/html',
    );
  });
});

describe('ranges', () => {
  test.each([
    [undefined, { offset: 0, limit: null }],
    ['0-9', { offset: 0, limit: 10 }],
    ['5-', { offset: 5, limit: null }],
    ['items=2-3', { offset: 2, limit: 2 }],
    ['bytes 0-5', { offset: 0, limit: null }],
  ])('%s', (header, expected) => {
    expect(parseRangeHeader(header)).toEqual(expected);
  });

  test('two ranges leave what both hold', () => {
    expect(intersectRanges({ offset: 2, limit: 10 }, { offset: 5, limit: 3 })).toEqual({ offset: 5, limit: 3 });
    expect(intersectRanges({ offset: 0, limit: 2 }, { offset: 5, limit: null })).toEqual({ offset: 5, limit: 0 });
  });

  test('what is no number does not count', () => {
    expect([parseCount('5'), parseCount('-1'), parseCount('x'), parseCount('1e3')]).toEqual([5, -1, null, null]);
  });
});

test('paths name tables and functions, one level deep', () => {
  expect(parseResource('')).toEqual({ kind: 'root' });
  expect(parseResource('todos/')).toEqual({ kind: 'relation', name: 'todos' });
  expect(parseResource('rpc/add')).toEqual({ kind: 'routine', name: 'add' });
  for (const path of ['a/b', 'rpc/a/b', 'a\0']) expect(() => parseResource(path)).toThrow(RestError);
});
