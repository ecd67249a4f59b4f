import { expect, test } from 'vitest';
import { findWeakness, isTooLong } from './password-rules.ts';

const rules = { minLength: 6, requiredCharacters: [] };

test('length counts characters as a person does, not UTF-16 units', () => {
  expect(findWeakness('🔑🔑🔑', rules)).toEqual({
    reasons: ['length'],
    message: 'Password should be at least 6 characters.',
  });
  expect(findWeakness('كلمة12', rules)).toBeNull();
});

test('of every required set one character must occur', () => {
  const strict = { minLength: 6, requiredCharacters: ['abcdefghijklmnopqrstuvwxyz', '0123456789', '٠١٢🔑'] };
  expect(findWeakness('abc123🔑', strict)).toBeNull();
  expect(findWeakness('abc12345', strict)).toEqual({
    reasons: ['characters'],
    message: 'Password should contain at least one character of each: abcdefghijklmnopqrstuvwxyz, 0123456789, ٠١٢🔑.',
  });
  expect(findWeakness('ABC', strict)?.reasons).toEqual(['length', 'characters']);
});

test('the upper bound counts bytes, because bcrypt does', () => {
  expect(isTooLong('x'.repeat(72))).toBe(false);
  expect(isTooLong('x'.repeat(73))).toBe(true);
  expect(isTooLong('ü'.repeat(37))).toBe(true);
});
