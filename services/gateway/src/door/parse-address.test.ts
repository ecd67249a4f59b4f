import { expect, test } from 'vitest';
import { parseAddress } from './parse-address.ts';

const mounts = new Set(['rest', 'auth']);

function parse(target: string, host?: string, baseHost?: string): ReturnType<typeof parseAddress> {
  return parseAddress(target, { host, baseHost }, mounts);
}

test.each([
  ['/rest/v1/todos?select=*', 'default', 'rest', '/rest/v1/todos?select=*', ''],
  ['/rest/v1', 'default', 'rest', '/rest/v1', ''],
  ['/rest/v1/', 'default', 'rest', '/rest/v1/', ''],
  ['/rest/v1?a=1', 'default', 'rest', '/rest/v1?a=1', ''],
  ['/auth/v1/token?next=/p/x', 'default', 'auth', '/auth/v1/token?next=/p/x', ''],
  ['/api/v1/rest/todos', 'default', 'rest', '/rest/v1/todos', ''],
  ['/api/v1/rest', 'default', 'rest', '/rest/v1', ''],
  ['/api/v1/rest/', 'default', 'rest', '/rest/v1/', ''],
  ['/api/v1/auth?x=1', 'default', 'auth', '/auth/v1?x=1', ''],
  ['/p/shop/rest/v1/todos', 'shop', 'rest', '/rest/v1/todos', '/p/shop'],
  ['/p/shop/api/v1/rest/todos', 'shop', 'rest', '/rest/v1/todos', '/p/shop'],
  ['http://api.example.org/rest/v1/todos?a=1', 'default', 'rest', '/rest/v1/todos?a=1', ''],
  ['HTTP://h/p/shop/auth/v1/user', 'shop', 'auth', '/auth/v1/user', '/p/shop'],
])('%s leads to %s, %s', (target, ref, mount, url, prefix) => {
  expect(parse(target)).toEqual({ ref, mount, url, prefix, malformed: false });
});

test.each([
  '/',
  '/rest',
  '/rest/',
  '/rest/v10',
  '/rest/v2/x',
  '/rests/v1/x',
  '/Rest/v1/x',
  '//rest/v1/x',
  '/api/v1',
  '/api/v1/',
])('%s leads to no service', (target) => {
  expect(parse(target).mount).toBeNull();
});

test.each(['/p/shop', '/p/shop/', '/p/', '/p', '/p?/rest/v1/x', '/p/shop?x=/rest/v1/y', '*', '', '/%72est/v1/todos'])(
  '%j leads to no service either',
  (target) => {
    expect(parse(target).mount).toBeNull();
  },
);

test('a project below the base host needs no prefix', () => {
  expect(parse('/rest/v1/x', 'Shop.Example.org:8443', 'example.org')).toMatchObject({
    ref: 'shop',
    mount: 'rest',
    prefix: '',
  });
  expect(parse('/p/other/rest/v1/x', 'shop.example.org', 'example.org').mount).toBeNull();
  expect(parse('/rest/v1/x', 'example.org', 'example.org').ref).toBe('default');
  expect(parse('/rest/v1/x', 'shop.evil.org', 'example.org').ref).toBe('default');
  expect(parse('/rest/v1/x', 'shop.example.org', undefined).ref).toBe('default');
});

test.each([
  '/rest/v1/%',
  '/rest/v1/%zz',
  '/rest/v1/%ff',
  '/rest/v1/a%00b',
  '/rest/v1/%c0%af',
  '/rest/v1/%ED%A0%80?x',
  '/rest/v1/../auth/v1',
  '/rest/v1/a%2f..%2fb',
  '/rest/v1/..',
])('%s is malformed', (target) => {
  expect(parse(target).malformed).toBe(true);
});

test('the query is the business of the service', () => {
  expect(parse('/rest/v1/x?like=100%').malformed).toBe(false);
  expect(parse('/rest/v1/x?like=../../a').malformed).toBe(false);
  expect(parse('/rest/v1/%C3%BC?x').malformed).toBe(false);
});

test('a path of a service outside its prefix leads to it where that is wanted, in every project', () => {
  const naming = { host: undefined, baseHost: undefined };
  const names = new Set(['auth']);
  const aliases = new Map([['/dev/mail', 'auth']]);
  const read = (url: string) => parseAddress(url, naming, names, aliases);
  expect(read('/dev/mail?id=1')).toMatchObject({ ref: 'default', mount: 'auth', url: '/auth/v1/dev/mail?id=1' });
  expect(read('/p/shop/dev/mail/api')).toMatchObject({ ref: 'shop', mount: 'auth', url: '/auth/v1/dev/mail/api' });
  for (const url of ['/dev/mailbox', '/dev', '/dev/mail/../x'])
    expect(read(url).mount === 'auth' && !read(url).malformed).toBe(false);
  expect(parseAddress('/dev/mail', naming, names).mount).toBeNull();
});
