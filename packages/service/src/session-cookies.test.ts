import { expect, test } from 'vitest';
import { mayUseCookies, readCookies, sessionCookieNames } from './session-cookies.ts';

test.each([
  ['https://api.example.org', '__Host-ashlar-shop-access', '__Secure-ashlar-shop-refresh', true],
  ['https://localhost:8443/p/shop', '__Host-ashlar-shop-access', '__Secure-ashlar-shop-refresh', true],
  ['http://10.0.0.7:8000', '__Host-ashlar-shop-access', '__Secure-ashlar-shop-refresh', true],
  ['http://localhost.example.org', '__Host-ashlar-shop-access', '__Secure-ashlar-shop-refresh', true],
  ['http://127.0.0.1:8000', 'ashlar-shop-access', 'ashlar-shop-refresh', false],
  ['http://localhost:8000/p/shop', 'ashlar-shop-access', 'ashlar-shop-refresh', false],
  ['http://[::1]:8000', 'ashlar-shop-access', 'ashlar-shop-refresh', false],
])('at %s the cookies are %s and %s', (publicUrl, access, refresh, secure) => {
  expect(sessionCookieNames('shop', publicUrl)).toEqual({ access, refresh, secure });
});

test.each([
  [undefined, []],
  [
    'a=1; b=2;c = 3 ;d',
    [
      ['a', '1'],
      ['c', '3'],
    ],
  ],
  ['a=1; a=2; c=3', [['c', '3']]],
  ['a=1; a=2; a=3', []],
  ['=1; a; ;;', []],
  ['a=b=c', [['a', 'b=c']]],
  ['A=1', []],
])('of %j those asked for are read', (header, found) => {
  expect([...readCookies(header, ['a', 'c', 'd'])]).toEqual(found);
});

const site = new Set(['https://app.example.org']);
test.each([
  ['POST', { origin: 'https://app.example.org' }, true],
  ['POST', { origin: 'https://api.example.org' }, true],
  ['POST', { origin: 'https://APP.example.org' }, false],
  ['POST', { origin: 'null', 'sec-fetch-site': 'same-origin' }, false],
  ['POST', { 'sec-fetch-site': 'same-origin' }, true],
  ['POST', { 'sec-fetch-site': 'none' }, false],
  ['POST', {}, false],
  ['GET', {}, true],
  ['GET', { 'sec-fetch-site': 'none' }, true],
  ['GET', { 'sec-fetch-site': 'same-site' }, false],
  ['GET', { 'sec-fetch-site': 'cross-site' }, false],
  ['get', { 'sec-fetch-site': 'none' }, false],
])('%s with %j may use cookies: %s', (method, headers, expected) => {
  expect(mayUseCookies(method, headers, site, 'https://api.example.org/p/shop')).toBe(expected);
});
