import { text } from '@ashlar/kernel/values';
import { z } from 'zod';

/** Who buys, as it will stand on documents. */
export const Party = z.strictObject({
  name: text({ max: 200 }),
  address: text({ max: 1000, isMultiline: true }).optional(),
  taxNumber: text({ max: 50 }).optional(),
  email: z.email().max(320).optional(),
  language: z.enum(['en', 'ar']).optional(),
});

/** Where it goes. */
export const Address = z.strictObject({
  name: text({ max: 200 }),
  lines: text({ max: 1000, isMultiline: true }),
  city: text({ max: 100 }).optional(),
  postcode: text({ max: 20 }).optional(),
  country: z.string().regex(/^[A-Z]{2}$/, 'Expected the two capital letters of a country'),
  phone: text({ max: 50 }).optional(),
});

/** Where it is taxed and for whom. */
export const Place = z.strictObject({
  jurisdiction: z.string().trim().max(50).default(''),
  customerClass: z.string().trim().max(50).default(''),
});
