import { expect, test } from 'vitest';
import { parseDatabaseUrl } from './database-url.ts';

test.each([
  [
    'postgres://app:p%40ss@db.example:6432/shop?sslmode=require',
    { host: 'db.example', port: 6432, database: 'shop', user: 'app', password: 'p@ss', tls: true },
  ],
  ['postgresql://app@[::1]/shop', { host: '::1', port: 5432, database: 'shop', user: 'app', password: '' }],
  [
    'postgres://app:x@localhost/shop?host=/var/run/postgresql',
    { host: '/var/run/postgresql', port: 5432, database: 'shop', user: 'app', password: 'x' },
  ],
])('%s is read', (url, expected) => {
  expect(parseDatabaseUrl(url)).toEqual(expected);
});

test.each([
  ['mysql://app:secret@h/d', 'it begins with mysql:'],
  ['postgres://app:secret@h', 'it names no database'],
  ['postgres://h/d?password=secret', 'it names no user'],
  ['secret', 'it is no URL'],
])('%s is refused by a message that does not repeat it', (url, reason) => {
  expect(() => parseDatabaseUrl(url)).toThrow(`The URL of the database cannot be used: ${reason}`);
});
