import type { Suite } from '@ashlar/kernel';
import { inventory } from '@ashlar/suite-inventory';
import { product } from '@ashlar/suite-product';

/** Every suite a project can be given, once. */
export const suites: readonly Suite[] = [product, inventory];
