import { expect, test } from 'vitest';
import { findWeakness, isTooLong } from './password-rules.ts';

test('length counts characters as a person does, not UTF-16 units', () => {
  expect(findWeakness('🔑🔑🔑', { minLength: 6 })).toEqual({
    reasons: ['length'],
    message: 'Password should be at least 6 characters.',
  });
  expect(findWeakness('كلمة12', { minLength: 6 })).toBeNull();
});

test('the upper bound counts bytes, because bcrypt does', () => {
  expect(isTooLong('x'.repeat(72))).toBe(false);
  expect(isTooLong('x'.repeat(73))).toBe(true);
  expect(isTooLong('ü'.repeat(37))).toBe(true);
});
