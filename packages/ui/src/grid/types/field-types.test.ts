import { describe, expect, test } from 'vitest';
import { formatNumber } from './number-text.ts';
import { fieldTypeOf } from './field-types.ts';
import { jsonText } from './json-text.ts';

function read(type: string, text: string, locale = 'en'): string | null {
  const parsed = fieldTypeOf(type).parse(text, locale);
  return parsed.ok ? parsed.value : `refused: ${parsed.reason}`;
}

describe('numbers', () => {
  test('a bigint keeps every digit and its bounds', () => {
    expect(read('bigint', '9223372036854775807')).toBe('9223372036854775807');
    expect(read('bigint', '9223372036854775808')).toBe('refused: outOfRange');
    expect(read('integer', '2,147,483,647')).toBe('2147483647');
    expect(read('smallint', '1.5')).toBe('refused: notInteger');
  });
  test('a numeric is never a float', () => {
    expect(read('numeric(30,10)', '12345678901234567890.0123456789')).toBe('12345678901234567890.0123456789');
    expect(formatNumber('12345678901234567890.0123456789', 'en')).toBe('12,345,678,901,234,567,890.0123456789');
  });
  test('people write numbers in their own manner', () => {
    expect(read('numeric', '1,234.50')).toBe('1234.50');
    expect(read('numeric', '1.234,50', 'de')).toBe('1234.50');
    expect(read('numeric', '١٬٢٣٤٫٥', 'ar')).toBe('1234.5');
    expect(read('numeric', '(30)')).toBe('-30');
    expect(read('numeric', '1.2.3')).toBe('refused: notNumber');
  });
});

describe('dates and times', () => {
  test('a date is read in the order of the locale and must exist', () => {
    expect(read('date', '2026-11-21')).toBe('2026-11-21');
    expect(read('date', '3/4/2026', 'en-US')).toBe('2026-03-04');
    expect(read('date', '3/4/2026', 'en-GB')).toBe('2026-04-03');
    expect(read('date', '٢١/١١/٢٠٢٦', 'ar')).toBe('2026-11-21');
    expect(read('date', '2026-02-30')).toBe('refused: notDate');
  });
  test('a timestamp takes a zone only where it has one', () => {
    expect(read('timestamp with time zone', '2026-11-21T14:30:00+03')).toBe('2026-11-21 14:30:00+03');
    expect(read('timestamp', '2026-11-21 2:30 pm')).toBe('2026-11-21 14:30:00');
    expect(read('timestamp', '2026-11-21 14:30+03')).toBe('refused: notTimestamp');
  });
  test('a timestamp without zone shows the figures that are stored', () => {
    expect(fieldTypeOf('timestamp').format('2026-11-21 14:30:00', 'en-GB')).toContain('14:30:00');
  });
  test('a time and an interval are checked', () => {
    expect(read('time', '9:05')).toBe('09:05:00');
    expect(read('time', '25:00')).toBe('refused: notTime');
    expect(read('interval', '2 days 03:00:00')).toBe('2 days 03:00:00');
    expect(read('interval', 'P1DT2H')).toBe('P1DT2H');
    expect(read('interval', 'soon')).toBe('refused: notInterval');
  });
});

describe('other types', () => {
  test('a boolean is read from words of both languages', () => {
    expect(['yes', 'TRUE', 'نعم', '1'].map((word) => read('boolean', word))).toEqual(['true', 'true', 'true', 'true']);
    expect(read('boolean', 'لا')).toBe('false');
    expect(read('boolean', 'maybe')).toBe('refused: notBoolean');
  });
  test('a uuid is read in every spelling', () => {
    expect(read('uuid', '{A0EEBC999C0B4EF8BB6D6BB9BD380A11}')).toBe('a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11');
    expect(read('uuid', 'a0eebc99')).toBe('refused: notUuid');
  });
  test('json is checked and kept digit for digit', () => {
    expect(read('jsonb', ' {"n": 12345678901234567890} ')).toBe('{"n": 12345678901234567890}');
    expect(read('jsonb', '{n: 1}')).toBe('refused: notJson');
    expect(jsonText('jsonb', '{"n": 12345678901234567890}')).toBe('{"n": 12345678901234567890}');
    expect(jsonText('text', '{"n": 1}')).toBe('"{\\"n\\": 1}"');
    expect(jsonText('text', null)).toBe('null');
  });
  test('an array is read from a literal, from JSON and from a bare list', () => {
    expect(read('text[]', '{a,"b c",NULL}')).toBe('{a,"b c",NULL}');
    expect(read('text[]', '["a", "b c", null]')).toBe('{a,"b c",NULL}');
    expect(read('text[]', 'a, b c')).toBe('{a,"b c"}');
    expect(read('integer[]', '[[1,2],[3,4]]')).toBe('{{1,2},{3,4}}');
    expect(read('integer[]', '1, x')).toBe('refused: notArray');
    expect(read('text[]', '{a,"b')).toBe('refused: notArray');
    expect(read('text[]', '["NULL", "say \\"hi\\""]')).toBe(String.raw`{"NULL","say \"hi\""}`);
  });
  test('an enum takes its labels alone, in any case', () => {
    const type = fieldTypeOf('state', ['open', 'Held']);
    expect(type.parse('HELD', 'en')).toEqual({ ok: true, value: 'Held' });
    expect(type.parse('gone', 'en')).toEqual({ ok: false, reason: 'notChoice' });
  });
  test('a range needs bounds of its element type', () => {
    expect(read('int4range', '[1,10)')).toBe('[1,10)');
    expect(read('daterange', '[2026-01-01,)')).toBe('[2026-01-01,)');
    expect(read('tstzrange', '["2026-01-01 00:00:00+00","2026-01-02 00:00:00+00")')).toContain('2026-01-02');
    expect(read('int4range', '[a,b)')).toBe('refused: notRange');
    expect(read('int4multirange', '{[1,3), [5,8)}')).toBe('{[1,3), [5,8)}');
  });
  test('bytes, addresses and shapes are checked', () => {
    expect(read('bytea', '0xDEADBEEF')).toBe(String.raw`\xdeadbeef`);
    expect(read('bytea', '\\xabc')).toBe('refused: notBytes');
    expect(read('inet', '10.0.0.1/24')).toBe('10.0.0.1/24');
    expect(read('inet', '2001:db8::1')).toBe('2001:db8::1');
    expect(read('inet', '10.0.0.256')).toBe('refused: notAddress');
    expect(read('inet', '1::2::3')).toBe('refused: notAddress');
    expect(read('point', '(1.5,-2)')).toBe('(1.5,-2)');
    expect(read('point', 'here')).toBe('refused: notShape');
  });
  test('a varchar has its length, counted in characters as PostgreSQL does', () => {
    const type = fieldTypeOf('character varying(2)');
    expect(type.parse('😀😀', 'en').ok).toBe(true);
    expect(type.parse('abc', 'en')).toEqual({ ok: false, reason: 'tooLong' });
  });
  test('every type offers an editor and operators, also one nobody has heard of', () => {
    for (const name of ['integer', 'tsvector', 'money', 'macaddr', '_int4', 'numeric(10,2)[]', 'circle']) {
      expect(fieldTypeOf(name).operators.length, name).toBeGreaterThan(0);
    }
  });
});
