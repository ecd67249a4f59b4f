import { Locale, localizedText, text } from '@ashlar/kernel/values';
import { z } from 'zod';

export const ProductType = z.enum(['goods', 'service', 'bundle', 'digital', 'gift_card']);
export const ProductStatus = z.enum(['draft', 'active', 'archived']);
export type ProductStatus = z.output<typeof ProductStatus>;
export const VariantStatus = z.enum(['active', 'archived']);
export const Tracking = z.enum(['none', 'lot', 'serial']);

export const Title = localizedText({ max: 200 });
/** Rich text in the markup of the page that shows it. */
export const Description = localizedText({ max: 20_000, isMultiline: true, allowsBidi: true, allowsMarkup: true });
export const Slug = z.record(
  Locale,
  z
    .string()
    .regex(/^[\p{L}\p{M}\p{N}]+(?:-[\p{L}\p{M}\p{N}]+)*$/u, 'Expected words and numbers joined by hyphens')
    .max(200),
);
export const Brand = text({ max: 100 });
export const TaxCategory = text({ max: 50 });
/** A channel, a group of customers: names other suites give them. */
export const Name = text({ max: 50 });

/** What stock hangs on: fixed from the first movement. */
export interface FrozenFields {
  readonly type: string;
  readonly baseUom: string;
  readonly tracking: string;
}

/** Whether a change touches what has to stay once stock has moved. */
export function changesFrozenField(before: FrozenFields, after: FrozenFields): boolean {
  return before.type !== after.type || before.baseUom !== after.baseUom || before.tracking !== after.tracking;
}

/** The statuses a product may come to next. */
export const nextStatuses: Readonly<Record<ProductStatus, readonly ProductStatus[]>> = {
  draft: ['active', 'archived'],
  active: ['draft', 'archived'],
  archived: [],
};
