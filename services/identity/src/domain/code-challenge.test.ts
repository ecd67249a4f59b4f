import { expect, test } from 'vitest';
import { checkCodeVerifier, readCodeChallenge } from './code-challenge.ts';

// The example of RFC 7636, appendix B.
const VERIFIER = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
const CHALLENGE = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';

test('a pair begins a flow, and none begins none', () => {
  expect(readCodeChallenge(CHALLENGE, 'S256')).toEqual({ value: CHALLENGE, method: 's256' });
  expect(readCodeChallenge(VERIFIER, 'plain')).toEqual({ value: VERIFIER, method: 'plain' });
  expect(readCodeChallenge('', '')).toBeNull();
  expect(() => readCodeChallenge(CHALLENGE, '')).toThrow('PKCE flow requires');
});

test('a challenge is answered by its verifier alone', () => {
  expect(() => checkCodeVerifier({ value: CHALLENGE, method: 's256' }, VERIFIER)).not.toThrow();
  expect(() => checkCodeVerifier({ value: VERIFIER, method: 'plain' }, VERIFIER)).not.toThrow();
  for (const wrong of ['', CHALLENGE, `${VERIFIER}=`, VERIFIER.toLowerCase()]) {
    expect(() => checkCodeVerifier({ value: CHALLENGE, method: 's256' }, wrong)).toThrow(
      'code challenge does not match previously saved code verifier',
    );
  }
});
