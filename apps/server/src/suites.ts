import type { Suite } from '@ashlar/kernel';
import { billing } from '@ashlar/suite-billing';
import { inventory } from '@ashlar/suite-inventory';
import { order } from '@ashlar/suite-order';
import { product } from '@ashlar/suite-product';

/** Every suite a project can be given, once. */
export const suites: readonly Suite[] = [product, inventory, billing, order];
