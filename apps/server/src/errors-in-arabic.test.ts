import { type AshlarError, commonErrors, type ErrorFactory } from '@ashlar/kernel';
import { valueErrors } from '@ashlar/kernel/values';
import { expect, test } from 'vitest';
import { providerErrors } from '../../../suites/billing/src/domain/provider-errors.ts';
import { billingErrors } from '../../../suites/billing/src/domain/billing-errors.ts';
import { inventoryErrors } from '../../../suites/inventory/src/domain/inventory-errors.ts';
import { orderErrors } from '../../../suites/order/src/domain/order-errors.ts';
import { productErrors } from '../../../suites/product/src/domain/product-errors.ts';

const catalogues: readonly Readonly<Record<string, ErrorFactory>>[] = [
  commonErrors,
  valueErrors,
  productErrors,
  inventoryErrors,
  providerErrors,
  billingErrors,
  orderErrors,
];

const placeholders = (text: string | undefined): readonly string[] => (text ?? '').match(/\{\w+\}/g)?.toSorted() ?? [];

test('what a suite refuses is told in Arabic with all it tells in English', () => {
  const errors = catalogues.flatMap((catalogue): AshlarError[] => Object.values(catalogue).map((make) => make()));
  expect(errors.length).toBeGreaterThan(150);
  for (const error of errors) {
    const { message, hint } = error.words('ar');
    expect(message, error.code).toMatch(/\p{Script=Arabic}/u);
    expect(placeholders(message), error.code).toEqual(placeholders(error.message));
    expect(hint === undefined, error.code).toBe(error.hint === undefined);
    expect(placeholders(hint), error.code).toEqual(placeholders(error.hint));
  }
});
