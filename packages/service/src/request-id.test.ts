import { expect, test } from 'vitest';
import { requestIdOf } from './request-id.ts';

const idFor = (given: string | undefined): string =>
  requestIdOf({ headers: given === undefined ? {} : { 'x-request-id': given } });

test.each(['a', 'req-1.2:3', '4bf92f3577b34da6a3ce929d0e0e4736', 'Root=1-67891233-abcdef012345678912345678'])(
  '%s is taken over',
  (given) => {
    expect(idFor(given)).toBe(given);
  },
);

test.each([undefined, '', '-a', 'a b', 'a\tb', '"', 'ä', '<script>', 'x'.repeat(129)])('%j is replaced', (given) => {
  expect(idFor(given)).toMatch(/^[0-9a-f]{8}-/);
});
