import { AshlarError } from '@ashlar/kernel';
import { describe, expect, test } from 'vitest';
import { createAllowList } from './allow-list.ts';
import { isPublicAddress } from './public-address.ts';
import { vetUrl } from './vet-url.ts';

const nothing = createAllowList([]);

function refusal(url: string, allow = nothing): string {
  try {
    vetUrl(url, { allow, plainHttp: true });
    return 'let through';
  } catch (error) {
    return error instanceof AshlarError ? error.code : String(error);
  }
}

const strict = (url: string, allow = nothing): unknown => vetUrl(url, { allow, plainHttp: false });

/** Ways to write, hide or embed an address that is not the public internet's, and what is no address of the web. */
const EVASIVE = [
  'http://127.0.0.1/',
  'http://127.1/',
  'http://127.0.1/',
  'http://0/',
  'http://0.0.0.0/',
  'http://2130706433/',
  'http://0x7f000001/',
  'http://0x7f.0.0.1/',
  'http://0177.0.0.1/',
  'http://017700000001/',
  'http://0x7f.1/',
  'http://127.0.0.1./',
  'http://127.255.255.254/',
  'http://①②⑦.⓪.⓪.①/',
  'http://127。0。0。1/',
  'http://%31%32%37.0.0.1/',
  'http://10.0.0.1/',
  'http://10.255.255.255/',
  'http://172.16.0.1/',
  'http://172.31.255.255/',
  'http://192.168.1.1/',
  'http://169.254.169.254/latest/meta-data/',
  'http://0xa9fea9fe/',
  'http://2852039166/',
  'http://0251.0376.0251.0376/',
  'http://169.254.170.2/v2/credentials',
  'http://100.64.0.1/',
  'http://100.100.100.200/latest/meta-data/',
  'http://168.63.129.16/machine',
  'http://192.0.0.192/',
  'http://192.0.2.1/',
  'http://198.18.0.1/',
  'http://198.51.100.1/',
  'http://203.0.113.1/',
  'http://192.88.99.1/',
  'http://224.0.0.1/',
  'http://239.255.255.250/',
  'http://240.0.0.1/',
  'http://255.255.255.255/',
  'http://[::]/',
  'http://[::1]/',
  'http://[0:0:0:0:0:0:0:1]/',
  'http://[::ffff:127.0.0.1]/',
  'http://[::ffff:7f00:1]/',
  'http://[::ffff:a9fe:a9fe]/',
  'http://[::127.0.0.1]/',
  'http://[::ffff:0:127.0.0.1]/',
  'http://[64:ff9b::127.0.0.1]/',
  'http://[64:ff9b::a9fe:a9fe]/',
  'http://[64:ff9b:1::10.0.0.1]/',
  'http://[2002:7f00:1::]/',
  'http://[2002:a9fe:a9fe::1]/',
  'http://[2001:0:7f00:1::]/',
  'http://[2001:db8::1]/',
  'http://[3fff::1]/',
  'http://[fe80::1]/',
  'http://[fe80::1%25eth0]/',
  'http://[fc00::1]/',
  'http://[fd00:ec2::254]/latest/meta-data/',
  'http://[fec0::1]/',
  'http://[ff02::1]/',
  'http://[100::1]/',
  'http://134744072/',
  'http://0x08.0x08.0x08.0x08/',
  'https://user@example.com/',
  'https://user:secret@example.com/',
  'https://example.com@127.0.0.1/',
  'https://example.com\\@127.0.0.1/',
  'https://example.com:22/',
  'https://example.com:25/',
  'http://example.com:53/',
  'http://example.com:445/',
  'file:///etc/passwd',
  'ftp://example.com/',
  'gopher://example.com:70/_x',
  'data:text/plain,x',
  'javascript:alert(1)',
  'unix:/var/run/docker.sock',
  'ws://example.com/',
  'blob:https://example.com/x',
  '//example.com/',
  'example.com',
  'http://',
  'http:///',
  'https://exa mple.com/',
  'https://example.com/\r\nHost: evil',
  'https://example.com/\t',
  `https://example.com/${'x'.repeat(5000)}`,
  '',
];

test.each(EVASIVE)('%j is not asked', (url) => {
  expect(refusal(url)).toMatch(/^outbound\.(?:url_invalid|address_refused)$/);
});

test.each([
  'https://example.com/',
  'https://EXAMPLE.com:443/x?y=z',
  'https://example.com:8443/',
  'http://example.com/',
  'https://8.8.8.8/',
  'https://[2606:4700::1111]/',
  'https://[2606:4700:0:0:0:0:0:1111]/',
  'https://bücher.example/',
])('%j is', (url) => {
  expect(refusal(url)).toBe(url.includes('0:0:0:0') ? 'outbound.url_invalid' : 'let through');
});

test('without TLS nobody is asked unless the caller or an operator says so', () => {
  expect(() => strict('http://example.com/')).toThrow('it does not use https');
  expect(strict('http://issuer.internal/', createAllowList(['issuer.internal']))).toMatchObject({ allowed: true });
});

describe('an allowed', () => {
  test.each([
    ['127.0.0.1', 'http://127.0.0.1:9000/', 'let through'],
    ['127.0.0.1:9000', 'http://127.0.0.1:9000/', 'let through'],
    ['127.0.0.1:9000', 'http://127.0.0.1:9001/', 'outbound.address_refused'],
    ['10.0.0.0/8', 'https://10.9.8.7/', 'let through'],
    ['10.0.0.0/8', 'https://11.9.8.7:25/', 'outbound.url_invalid'],
    ['::1', 'http://[::1]/', 'let through'],
    ['[::1]:81', 'http://[::1]:81/', 'let through'],
    ['fd00::/8', 'http://[fd12::3]/', 'let through'],
    ['loopback', 'http://127.8.8.8/', 'let through'],
    ['loopback', 'http://[::ffff:7f00:1]/', 'outbound.address_refused'],
    ['127.0.0.1', 'http://127.1/', 'outbound.url_invalid'],
  ])('%s makes of %s: %s', (entry, url, result) => {
    expect(refusal(url, createAllowList([entry]))).toBe(result);
  });

  test.each(['10.0.0.0/33', '::1/129', 'a b', 'http://x', 'x/8', 'x:0', 'x:70000', '', '[::1', 'x,y'])(
    '%j is no entry',
    (entry) => {
      expect(() => createAllowList([entry])).toThrow(RangeError);
    },
  );
});

test.each(['', 'example.com', '1.2.3', '1.2.3.4.5', 'fe80::1%eth0', '::ffff:8.8.8.8', '64:ff9b::8.8.8.8'])(
  '%j is no public address',
  (address) => {
    expect(isPublicAddress(address)).toBe(false);
  },
);
