import { expect, test } from 'vitest';
import { createSum } from './checksums.ts';
import { createCrc32, createCrc32c, createCrc64Nvme } from './crc.ts';

const DIGITS = Buffer.from('123456789');

// The check values of the catalogue of parametrised CRC algorithms.
test.each([
  ['CRC-32', createCrc32, 'cbf43926'],
  ['CRC-32C', createCrc32c, 'e3069283'],
  ['CRC-64/NVME', createCrc64Nvme, 'ae8b14860a799888'],
])('%s has its check value, in one piece and in many', (_name, create, expected) => {
  const [whole, pieces] = [create(), create()];
  whole.update(DIGITS);
  for (const digit of DIGITS) pieces.update(Buffer.from([digit]));
  expect(whole.digest().toString('hex')).toBe(expected);
  expect(pieces.digest().toString('hex')).toBe(expected);
});

test('nothing at all has a checksum too', () => {
  expect(createCrc32().digest().toString('hex')).toBe('00000000');
  expect(createCrc64Nvme().digest().toString('hex')).toBe('0000000000000000');
  expect(createSum('sha256').digest().toString('hex')).toMatch(/^e3b0c442/);
});
