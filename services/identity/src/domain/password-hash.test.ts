import { expect, test } from 'vitest';
import { recognisePasswordHash } from './password-hash.ts';

const BCRYPT_BODY = 'abcdefghijklmnopqrstuuVUEyo6sK6AdDd8xhzLZDRsSjb4cZ4Ia';
const argon2 = (parameters: string, kind = 'id'): string =>
  `$argon2${kind}$v=19$${parameters}$c29tZXNhbHRzb21lc2FsdA$iWh06vD8Fy27wf9npn6FXWiCX4K6pW6Ue1Bnzz07Z8A`;

test.each([
  [`$2a$10$${BCRYPT_BODY}`, 'bcrypt'],
  [`$2b$04$${BCRYPT_BODY}`, 'bcrypt'],
  [`$2y$16$${BCRYPT_BODY}`, 'bcrypt'],
  [`$2b$17$${BCRYPT_BODY}`, null],
  [`$2b$03$${BCRYPT_BODY}`, null],
  [`$2b$10$${BCRYPT_BODY}x`, null],
  [argon2('m=65536,t=4,p=1'), 'argon2'],
  [argon2('m=65536,t=4,p=1', 'i'), 'argon2'],
  [argon2('m=65536,t=4,p=1', 'd'), null],
  [argon2('m=9999999,t=4,p=1'), null],
  [argon2('m=65536,t=99,p=1'), null],
  [argon2('m=65536,t=0,p=1'), null],
  ['$fbscrypt$v=1,n=14,r=8,p=1$x$y', null],
  ['plain text', null],
  ['', null],
])('%s is recognised as %s', (hash, algorithm) => {
  expect(recognisePasswordHash(hash)).toBe(algorithm);
});
