import { expect, test } from 'vitest';
import { isCounterRegression, relyingPartyOf } from './relying-party.ts';

const general = { siteUrl: 'https://shop.example.com:8443/app' };

test('credentials belong to the site unless the settings say otherwise', () => {
  const passkeys = { enabled: true, relyingPartyId: null, relyingPartyName: null, origins: [] };
  expect(relyingPartyOf({ general, passkeys })).toEqual({
    id: 'shop.example.com',
    name: 'shop.example.com',
    origins: ['https://shop.example.com:8443'],
  });
  const chosen = { ...passkeys, relyingPartyId: 'example.com', relyingPartyName: 'Shop', origins: ['https://a'] };
  expect(relyingPartyOf({ general, passkeys: chosen })).toEqual({
    id: 'example.com',
    name: 'Shop',
    origins: ['https://a'],
  });
});

test.each([
  [0, 0, false],
  [0, 1, false],
  [5, 6, false],
  [5, 5, true],
  [5, 4, true],
  [5, 0, true],
])('a counter that was %i and is %i', (known, presented, cloned) => {
  expect(isCounterRegression(known, presented)).toBe(cloned);
});
