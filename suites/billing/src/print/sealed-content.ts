import { z } from 'zod';

const Words = z.record(z.string(), z.string());
const Minor = z.string().regex(/^-?\d+$/);

/** An issued document as it was sealed; see `issue`. Amounts are minor units of its currency. */
export const SealedContent = z.object({
  kind: z.enum(['invoice', 'credit_note']),
  label: z.string(),
  credits: z.string().nullable(),
  reason: z.string().nullable(),
  issueDate: z.string(),
  supplyDate: z.string().nullable(),
  dueDate: z.string(),
  seller: z.object({
    name: Words,
    address: Words.optional(),
    taxNumber: z.string().optional(),
    phone: z.string().optional(),
    email: z.string().optional(),
  }),
  party: z.object({
    name: z.string(),
    address: z.string().optional(),
    taxNumber: z.string().optional(),
    email: z.string().optional(),
  }),
  currency: z.string(),
  prices: z.enum(['inclusive', 'exclusive']),
  lines: z.array(
    z.object({
      no: z.int(),
      title: Words,
      sku: z.string().nullable(),
      quantity: z.string(),
      uom: z.string(),
      unitPrice: z.string(),
      discount: Minor,
      taxes: z.array(z.object({ code: z.string(), percent: z.string() })),
      net: Minor,
      tax: Minor,
    }),
  ),
  taxes: z.array(z.object({ code: z.string(), percent: z.string(), base: Minor, tax: Minor })),
  net: Minor,
  tax: Minor,
  rounding: Minor,
  total: Minor,
  note: z.string().nullable(),
});
export type SealedContent = z.output<typeof SealedContent>;
