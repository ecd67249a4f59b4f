import { assert, emailAddress, property } from 'fast-check';
import { expect, test } from 'vitest';
import { normaliseEmail } from './email-address.ts';

test.each([
  [' Ada@Example.COM ', 'ada@example.com'],
  ['o.neil+tag@sub.example.co.uk', 'o.neil+tag@sub.example.co.uk'],
  ['root@localhost', 'root@localhost'],
  ['زيد@مثال.إختبار', 'زيد@مثال.إختبار'],
])('%s is the address %s', (text, address) => {
  expect(normaliseEmail(text)).toBe(address);
});

test.each([
  '',
  '@',
  'a@',
  '@b.co',
  'a b@c.co',
  'a@b@c.co',
  'a..b@c.co',
  '.a@b.co',
  'a@-b.co',
  'a@b..co',
  'a@b.co\nbcc:x@y.co',
  '"a"@b.co',
  'a@[127.0.0.1]',
  'a\0@b.co',
  `${'x'.repeat(65)}@b.co`,
  `a@${'b.'.repeat(130)}co`,
])('%j is no address', (text) => {
  expect(normaliseEmail(text)).toBeNull();
});

test('normalising twice changes nothing', () => {
  assert(
    property(emailAddress(), (text) => {
      const once = normaliseEmail(text);
      if (once !== null) expect(normaliseEmail(once)).toBe(once);
    }),
    { seed: 1 },
  );
});

test('a hostile text is refused in no time', () => {
  const startedAt = performance.now();
  for (const text of ['a'.repeat(1_000_000), `${'a.'.repeat(120)}@`, `a@${'a-'.repeat(120)}`]) normaliseEmail(text);
  expect(performance.now() - startedAt).toBeLessThan(1000);
});
