import type { TablesFit } from '@ashlar/testing';
import { expect, test } from 'vitest';
import type { OrderSchema } from './generated-tables.ts';
import type { OrderTables } from './tables.ts';

test('the types of the tables are those of the schema, said more exactly', () => {
  // The compiler is the test; what it names here differs.
  const fits: TablesFit<OrderTables, OrderSchema> = true;
  expect(fits).toBe(true);
});
