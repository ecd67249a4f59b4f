import { expect, test } from 'vitest';
import { verificationRedirect } from './verification-redirect.ts';

const dead = { kind: 'error', error: 'access_denied', code: 'otp_expired', description: 'no good' } as const;

test.each([
  ['https://a.example/x?q=1#old', 'https://a.example/x?q=1&code=c'],
  ['myapp://callback', 'myapp://callback?code=c'],
  ['http://localhost:3000', 'http://localhost:3000/?code=c'],
])('a code for %s stands in the query and keeps what is there', (target, wanted) => {
  const expected = target.includes('#') ? `${wanted}#old` : wanted;
  expect(verificationRedirect(target, { kind: 'code', code: 'c' }, true)).toBe(expected);
});

test('an error stands in the fragment, and for the PKCE flow in the query too', () => {
  const told = 'error=access_denied&error_code=otp_expired&error_description=no+good';
  expect(verificationRedirect('https://a.example/x', dead, false)).toBe(`https://a.example/x#${told}&sb=`);
  expect(verificationRedirect('https://a.example/x', dead, true)).toBe(`https://a.example/x?${told}#${told}&sb=`);
});
