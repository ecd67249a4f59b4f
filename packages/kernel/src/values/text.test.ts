import { expect, test } from 'vitest';
import { z } from 'zod';
import { foldForSearch } from './fold-for-search.ts';
import { localizedText, textFor } from './localized-text.ts';
import { code, text } from './text.ts';

const name = text({ max: 10 });
const codeOf = (schema: z.ZodType, given: unknown): unknown => {
  const [issue] = schema.safeParse(given).error?.issues ?? [];
  return issue?.code === 'custom' ? issue.params?.['code'] : issue?.code;
};

test('a text is composed and trimmed', () => {
  expect(name.parse('  Cafe\u0301 ')).toBe('Café');
  expect(z.encode(name, 'Café')).toBe('Café');
});

test.each([
  ['a\u0000b', 'common.text_control'],
  ['a\u0007b', 'common.text_control'],
  ['a\nb', 'common.text_control'],
  ['a\uD800', 'common.text_malformed'],
  ['abc\u202Efdp', 'common.text_bidi'],
  ['\u2066abc\u2069', 'common.text_bidi'],
  ['<b>x</b>', 'common.text_markup'],
  ['   ', 'common.text_missing'],
  ['12345678901', 'common.text_too_long'],
  [5, 'invalid_type'],
])('a name refuses %j', (given, expected) => {
  expect(codeOf(name, given)).toBe(expected);
});

test('what only looks like markup is a text, and prose may break lines', () => {
  expect(name.parse('3 < 5 > 2')).toBe('3 < 5 > 2');
  expect(text({ max: 20, isMultiline: true }).parse('one\r\ntwo')).toBe('one\ntwo');
});

test('a code has Latin digits and no blanks within; those around it are trimmed', () => {
  expect(code(20).parse(' ٤٠٠٦٣٨١ ')).toBe('4006381');
  expect(code(20).safeParse('40 06').success).toBe(false);
});

test('a text in several languages needs one, by tags that are languages', () => {
  const title = localizedText({ max: 20 });
  expect(title.parse({ en: ' Shirt', ar: 'قميص' })).toEqual({ en: 'Shirt', ar: 'قميص' });
  expect(title.safeParse({}).success).toBe(false);
  expect(title.safeParse({ english: 'Shirt' }).success).toBe(false);
  expect(codeOf(title, { en: 'a\u202Eb' })).toBe('common.text_bidi');
});

test('a reader gets their language, or the nearest there is', () => {
  const title = { en: 'Shirt', ar: 'قميص' };
  expect(textFor(title, 'ar-IQ')).toBe('قميص');
  expect(textFor(title, 'fr')).toBe('Shirt');
  expect(textFor({ ku: 'کراس' }, 'fr')).toBe('کراس');
});

test.each([
  ['أحمد إبراهيم آدم', 'احمد ابراهيم ادم'],
  ['مَدْرَسَةٌ', 'مدرسه'],
  ['مصطفى', 'مصطفي'],
  ['ســـلام', 'سلام'],
  ['قهوة ٢٥٠ غ', 'قهوه 250 غ'],
  ['Café  Ünïted', 'cafe united'],
  ['ﻻ', 'لا'],
])('for searching, %s is %s', (given, folded) => {
  expect(foldForSearch(given)).toBe(folded);
  expect(foldForSearch(folded)).toBe(folded);
});
