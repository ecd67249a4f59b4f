import { expect, test } from 'vitest';
import { drawRecoveryCodes, normaliseRecoveryCode } from './recovery-code.ts';

test('ten codes of 80 bits are drawn, each another', () => {
  const codes = drawRecoveryCodes();
  expect(new Set(codes).size).toBe(10);
  for (const code of codes) {
    expect(code).toMatch(/^[A-Z2-7]{16}$/);
    expect(normaliseRecoveryCode(code)).toBe(code);
  }
});

test('case, separators and digits that look like letters do not matter', () => {
  expect(normaliseRecoveryCode(' abcd-efgh ij01-8klm\t')).toBe('ABCDEFGHIJOIBKLM');
});
