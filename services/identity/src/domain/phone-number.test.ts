import { expect, test } from 'vitest';
import { normalisePhone } from './phone-number.ts';

test.each([
  ['+49 151 1234-567', '491511234567'],
  ['491511234567', '491511234567'],
  ['+1', null],
  ['0151123', null],
  ['+49151123456789012', null],
  ['call me', null],
  ['', null],
])('%j becomes %j', (text, digits) => {
  expect(normalisePhone(text)).toBe(digits);
});
