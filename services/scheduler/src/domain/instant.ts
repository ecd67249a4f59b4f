import { z } from 'zod';

/**
 * A moment as PostgreSQL takes it: in UTC, within the years 1 to 9999. What ISO 8601 allows beyond that, such as the year
 * 0 or an offset of 20 hours, it refuses.
 */
export const Instant: z.ZodType<string> = z.iso
  .datetime({ offset: true })
  .transform((text) => new Date(text).toISOString())
  .refine((text) => /^(?!0000)\d{4}-/.test(text), 'is not within the years 1 to 9999');
