import { expect, test } from 'vitest';
import { refOfName } from './ref-of-name.ts';

test.each([
  ['My Shop', 'my-shop'],
  ['Café Zürich', 'cafe-zurich'],
  ['2026 stock', 'stock'],
  ['متجر', ''],
  ['متجر north', 'north'],
  ['Trailing!', 'trailing'],
  ['x'.repeat(40), 'x'.repeat(30)],
])('the name %s proposes the reference “%s”', (name, ref) => {
  expect(refOfName(name)).toBe(ref);
});
