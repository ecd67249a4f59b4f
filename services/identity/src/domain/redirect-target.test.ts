import { expect, test } from 'vitest';
import { redirectTarget } from './redirect-target.ts';

const general = {
  siteUrl: 'https://app.example.org/welcome',
  redirectAllowList: ['https://*.example.org/**', 'com.example.app://callback', 'http://localhost:*/done'],
  disableSignup: false,
  anonymousEnabled: false,
  manualLinkingEnabled: false,
  organisationCreation: 'users' as const,
};
const target = (wanted: string): string => redirectTarget({ general }, wanted);

test.each([
  'https://app.example.org/any/path?x=1#y',
  'https://shop.example.org/deep/er',
  'com.example.app://callback',
  'http://localhost:5173/done',
])('%s is followed', (wanted) => {
  expect(target(wanted)).toBe(wanted);
});

test.each([
  '',
  'https://evil.org/',
  'https://app.example.org.evil.org/',
  'https://app.example.org@evil.org/',
  'https://evil.org/https://app.example.org/',
  'https://a.b.example.org/x',
  '//evil.org',
  '/relative',
  'javascript:alert(1)//https://app.example.org/',
  'https://evil.org\\@app.example.org/',
  'https://app.example.org:8443/',
  'http://app.example.org/',
  'http://localhost:5173/done/elsewhere',
  'https://shop.example.org\t/x',
  `https://app.example.org/${'x'.repeat(3000)}`,
])('%j leads to the site instead', (wanted) => {
  expect(target(wanted)).toBe(general.siteUrl);
});
