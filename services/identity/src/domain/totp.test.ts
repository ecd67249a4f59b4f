import { expect, test } from 'vitest';
import { matchTotpStep, totpCode, totpStep, totpUri } from './totp.ts';

const secret = Buffer.from('12345678901234567890');

// RFC 6238, appendix B, SHA-1; its eight digits end in these six.
test.each([
  [59, '287082'],
  [1_111_111_109, '081804'],
  [1_111_111_111, '050471'],
  [1_234_567_890, '005924'],
  [2_000_000_000, '279037'],
  [20_000_000_000, '353130'],
])('at second %i the code is %s', (second, code) => {
  expect(totpCode(secret, totpStep(new Date(second * 1000)))).toBe(code);
});

test('the step before, the present one and the one after are taken, and no further one', () => {
  const at = new Date('2026-01-01T00:00:10Z');
  const now = totpStep(at);
  const matches = [-2, -1, 0, 1, 2].map((distance) => matchTotpStep(secret, totpCode(secret, now + distance), at));
  expect(matches).toEqual([null, now - 1, now, now + 1, null]);
});

test.each(['', '12345', '1234567', '28708٢', ' 287082', '287082\n'])('%j is no code', (code) => {
  expect(matchTotpStep(secret, code, new Date(59_000))).toBeNull();
});

test('the address for the app names issuer and account, whatever they hold', () => {
  expect(totpUri(secret, 'shop:1 & co', 'ada+x@example.com')).toBe(
    'otpauth://totp/shop%3A1%20%26%20co:ada%2Bx%40example.com?algorithm=SHA1&digits=6' +
      '&issuer=shop%3A1%20%26%20co&period=30&secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ',
  );
});
