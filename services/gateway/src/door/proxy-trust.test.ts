import type { IncomingMessage } from 'node:http';
import { expect, test } from 'vitest';
import { ProxyTrust } from './proxy-trust.ts';
import { publicUrlOf } from './public-url.ts';

function request(remoteAddress: string, headers: Readonly<Record<string, string>> = {}): IncomingMessage {
  // Safe: address and headers are all that is read of a request here.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return {
    socket: { remoteAddress, localAddress: '127.0.0.1', localPort: 8000 },
    headers,
  } as unknown as IncomingMessage;
}

const address = (proxies: readonly string[], remote: string, chain: string): string =>
  new ProxyTrust(proxies).clientAddress(request(remote, { 'x-forwarded-for': chain }));

test('nobody is believed unless declared', () => {
  expect(address([], '127.0.0.1', '203.0.113.9')).toBe('127.0.0.1');
  expect(address(['10.0.0.0/8'], '192.0.2.1', '203.0.113.9')).toBe('192.0.2.1');
});

test('the client is the nearest address no trusted proxy vouches beyond', () => {
  expect(address(['10.0.0.0/8'], '10.0.0.1', '203.0.113.9')).toBe('203.0.113.9');
  expect(address(['10.0.0.0/8'], '10.0.0.1', '1.1.1.1, 203.0.113.9, 10.0.0.2')).toBe('203.0.113.9');
  expect(address(['10.0.0.0/8'], '::ffff:10.0.0.1', '203.0.113.9')).toBe('203.0.113.9');
  expect(address(['fd00::/8'], 'fd00::1', '2001:db8::9')).toBe('2001:db8::9');
});

test('an entry that is no address ends the chain', () => {
  expect(address(['10.0.0.0/8'], '10.0.0.1', '203.0.113.9, <script>')).toBe('10.0.0.1');
  expect(address(['10.0.0.0/8'], '10.0.0.1', '')).toBe('10.0.0.1');
});

test.each(['example.org', '10.0.0.0/33', '10.0.0.0/x', '', '::1/129'])('%j is refused as a proxy', (proxy) => {
  expect(() => new ProxyTrust([proxy])).toThrow(RangeError);
});

const home = { ref: 'default', prefix: '', mount: 'rest', url: '/rest/v1', malformed: false };
const shop = { ...home, ref: 'shop', prefix: '/p/shop' };
const asAsked = { publicUrl: undefined, baseHost: undefined };
const forwarded = {
  host: 'inner:8000',
  'x-forwarded-proto': 'https',
  'x-forwarded-host': 'evil.example, api.example.org',
  'x-forwarded-port': '8443',
  'x-forwarded-prefix': '/backend/',
};

test('the public URL is the configured one, else what the request says', () => {
  const none = new ProxyTrust([]);
  const raw = request('127.0.0.1', { host: 'localhost:8000' });
  expect(publicUrlOf(raw, shop, asAsked, none)).toBe('http://localhost:8000/p/shop');
  expect(publicUrlOf(raw, shop, { publicUrl: 'https://a.example/', baseHost: undefined }, none)).toBe(
    'https://a.example/p/shop',
  );
  expect(
    publicUrlOf(raw, { ...shop, prefix: '' }, { publicUrl: 'https://a.example:8443', baseHost: 'a.example' }, none),
  ).toBe('https://shop.a.example:8443');
});

test('forwarded origins count from trusted proxies only', () => {
  expect(publicUrlOf(request('10.0.0.1', forwarded), home, asAsked, new ProxyTrust(['10.0.0.1']))).toBe(
    'https://api.example.org:8443/backend',
  );
  expect(publicUrlOf(request('192.0.2.1', forwarded), home, asAsked, new ProxyTrust(['10.0.0.1']))).toBe(
    'http://inner:8000',
  );
});

test('a host that is none is not put into URLs', () => {
  const none = new ProxyTrust([]);
  expect(publicUrlOf(request('127.0.0.1', { host: 'a"><script>' }), home, asAsked, none)).toBe('http://127.0.0.1:8000');
  expect(publicUrlOf(request('127.0.0.1'), home, asAsked, none)).toBe('http://127.0.0.1:8000');
});
