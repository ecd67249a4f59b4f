import type { TablesFit } from '@ashlar/testing';
import { expect, test } from 'vitest';
import type { BillingSchema } from './generated-tables.ts';
import type { BillingTables } from './tables.ts';

test('the types of the tables are those of the schema, said more exactly', () => {
  // The compiler is the test; what it names here differs.
  const fits: TablesFit<BillingTables, BillingSchema> = true;
  expect(fits).toBe(true);
});
