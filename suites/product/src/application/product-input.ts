import { commonUnits, PositiveQuantity, UnitCode, code, microsText } from '@ashlar/kernel/values';
import { z } from 'zod';

export const Sku = code(64);

/** A unit the catalogue knows. */
export const KnownUnit = UnitCode.refine((unit) => commonUnits.some((known) => known.code === unit), {
  message: 'Expected the code of a unit the catalogue knows, such as pcs or kg',
});

/** What can be said of a variant beside its SKU and its choices. */
export const variantDetails = {
  weightG: z.int().min(0).max(100_000_000).optional(),
  lengthMm: z.int().min(0).max(1_000_000).optional(),
  widthMm: z.int().min(0).max(1_000_000).optional(),
  heightMm: z.int().min(0).max(1_000_000).optional(),
  manageInventory: z.boolean().optional(),
  allowBackorder: z.boolean().optional(),
  minQty: PositiveQuantity.optional(),
  qtyStep: PositiveQuantity.optional(),
  hsCode: z
    .string()
    .regex(/^\d{4,12}$/)
    .optional(),
  origin: z
    .string()
    .regex(/^[A-Z]{2}$/, 'Expected the two letters of a country')
    .optional(),
};
type VariantDetails = z.output<z.ZodObject<typeof variantDetails>>;

/** The columns of the details given; those left out stay as they are. */
export function detailColumns(details: VariantDetails) {
  const columns = {
    weight_g: details.weightG,
    length_mm: details.lengthMm,
    width_mm: details.widthMm,
    height_mm: details.heightMm,
    manage_inventory: details.manageInventory,
    allow_backorder: details.allowBackorder,
    min_qty: details.minQty && microsText(details.minQty.micros),
    qty_step: details.qtyStep && microsText(details.qtyStep.micros),
    hs_code: details.hsCode,
    origin: details.origin,
  };
  // A member that is undefined is none for the SQL, but not for the types of what may be written.
  return Object.fromEntries(Object.entries(columns).filter(([, value]) => value !== undefined)) as {
    readonly [Name in keyof typeof columns]?: NonNullable<(typeof columns)[Name]>;
  };
}
