import { z } from 'zod';
import { ItemId } from '../domain/ids.ts';

/** What this suite relies on of the catalogue's part of the demonstration shop. */
export const DemoVariants = z.array(
  z.object({
    id: ItemId,
    productId: z.uuid(),
    sku: z.string(),
    title: z.record(z.string(), z.string()),
    type: z.string(),
    uom: z.string(),
    tracking: z.enum(['none', 'lot', 'serial']),
    cents: z.int().positive(),
  }),
);
export type DemoVariant = z.output<typeof DemoVariants>[number];

/** The same number from 0 up to the limit for the same text: what stands for chance in the shop's history. */
export function chanceOf(text: string, limit: number): number {
  let hash = 2_166_136_261;
  for (const letter of text) hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 16_777_619);
  return (hash >>> 0) % limit;
}

/** So many of these, evenly spread over them. */
export function spread<Item>(items: readonly Item[], count: number, offset = 0): readonly Item[] {
  const step = Math.max(1, Math.floor(items.length / count));
  return items.filter((_, index) => index % step === offset % step).slice(0, count);
}

/** What a variant costs the shop, in cents: three fifths of its price. */
export function costOf({ cents }: DemoVariant, count: number): { amount: string; currency: string } {
  return { amount: String(Math.max(1, Math.round(cents * 0.6)) * count), currency: 'USD' };
}

/** How many the shop has of a variant at the beginning. */
export function openingCount({ sku, tracking, uom }: DemoVariant): number {
  if (tracking === 'serial') return 3 + chanceOf(sku, 4);
  return uom === 'm' ? 150 + chanceOf(sku, 150) : 24 + chanceOf(sku, 60);
}

export function serialsOf(sku: string, from: number, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${sku}-${String(from + index).padStart(4, '0')}`);
}
