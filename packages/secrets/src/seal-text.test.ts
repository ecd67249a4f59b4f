import { expect, test } from 'vitest';
import { derivedKey, openText, sealText } from './seal-text.ts';

const key = derivedKey('a secret that serves several purposes', 'a test');

test('a sealed text opens with its key and context, and with nothing else', () => {
  const sealed = sealText(key, 'whsec_hush', 'row 1');
  expect(sealed).not.toContain('hush');
  expect(sealText(key, 'whsec_hush', 'row 1')).not.toBe(sealed);
  expect(openText(key, sealed, 'row 1')).toBe('whsec_hush');
  expect(() => openText(key, sealed, 'row 2')).toThrow();
  expect(() => openText(derivedKey('another secret', 'a test'), sealed, 'row 1')).toThrow();
  expect(() => openText(derivedKey('a secret that serves several purposes', 'another'), sealed, 'row 1')).toThrow();
  const changed = Buffer.from(sealed, 'base64');
  changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1;
  expect(() => openText(key, changed.toString('base64'), 'row 1')).toThrow();
});
