import { expect, test } from 'vitest';
import { mergeMetadata, providersMetadata } from './metadata.ts';

test('changes lie over what is there, and null takes a key away', () => {
  expect(mergeMetadata({ a: 1, b: { c: 2 } }, { b: { d: 3 }, a: null, e: null })).toEqual({ b: { d: 3 } });
});

test('no key of a client reaches a prototype', () => {
  const hostile: unknown = JSON.parse('{"__proto__":{"admin":true},"constructor":1}');
  const merged = mergeMetadata({}, hostile as Record<string, unknown>);
  expect(Object.getPrototypeOf(merged)).toBe(Object.prototype);
  expect(JSON.stringify(merged)).toBe('{"__proto__":{"admin":true},"constructor":1}');
});

test('the first provider is the one an account began with', () => {
  expect(providersMetadata(['email', 'phone'])).toEqual({ provider: 'email', providers: ['email', 'phone'] });
  expect(providersMetadata([])).toEqual({});
});
