import { expect, test } from 'vitest';
import { checkCodeChallenge } from './pkce.ts';

const challenge = 'x'.repeat(43);

test.each([
  ['', ''],
  [challenge, 's256'],
  ['~'.repeat(128), 'PLAIN'],
])('%j with %j begins a flow or none', (value, method) => {
  expect(() => checkCodeChallenge(value, method)).not.toThrow();
});

test.each([
  [challenge, '', 'PKCE flow requires code_challenge_method and code_challenge'],
  ['', 's256', 'PKCE flow requires code_challenge_method and code_challenge'],
  ['short', 's256', 'between 43 and 128'],
  [' '.repeat(43), 's256', 'can only contain'],
  [challenge, 'md5', 'not supported'],
])('%j with %j is refused', (value, method, message) => {
  expect(() => checkCodeChallenge(value, method)).toThrow(message);
});
