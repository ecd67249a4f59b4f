import { BusinessDate, Currency, localizedText, Money, PositiveQuantity, text, UnitPrice } from '@ashlar/kernel/values';
import { z } from 'zod';
import { PartyId } from '../domain/ids.ts';
import { RateSnapshot, TaxPlaceInput } from './tax-rates.ts';

/** Lines of one document. */
export const MAX_LINES = 1000;

export const SourceInput = z
  .strictObject({ type: z.string().min(1).max(100), id: z.string().min(1).max(200) })
  .describe('What it comes from, such as an order');

const PartyInput = z
  .strictObject({
    name: text({ max: 200 }),
    address: text({ max: 1000, isMultiline: true }).optional(),
    taxNumber: text({ max: 50 }).optional(),
    email: z.email().max(320).optional(),
    language: z.enum(['en', 'ar']).optional(),
  })
  .describe('Whom it is for, as it stands on the document');

const LineInput = z.strictObject({
  kind: z.enum(['item', 'shipping']).default('item'),
  title: localizedText({ max: 500 }),
  sku: text({ max: 100 }).optional(),
  quantity: PositiveQuantity,
  unitPrice: UnitPrice,
  discount: Money.optional().describe('Off the whole line, with or without tax as the prices are'),
  taxCategory: z.string().trim().min(1).max(50).optional().describe('Its rates are those of the supply date'),
  taxes: z.array(RateSnapshot).max(10).optional().describe('In place of a category: rates somebody has snapshotted'),
  figures: z
    .strictObject({ net: Money, taxes: z.array(Money).max(10).describe('Of each tax, in their order') })
    .optional()
    .describe('What it comes to where it is part of something whole, so that parts add up; refused beyond rounding'),
  sourceLine: z.string().min(1).max(200).optional(),
});

export const DocumentInput = z.strictObject({
  partyId: PartyId.optional(),
  party: PartyInput,
  branch: z.string().trim().max(50).default(''),
  currency: Currency,
  prices: z.enum(['inclusive', 'exclusive']).default('exclusive'),
  supplyDate: BusinessDate.optional().describe('The day that decides the tax; today unless told'),
  dueDate: BusinessDate.optional(),
  place: TaxPlaceInput.prefault({}),
  inCash: z.boolean().default(false).describe('Round the total to the smallest coin'),
  note: text({ max: 2000, isMultiline: true }).optional(),
  source: SourceInput.optional(),
  lines: z.array(LineInput).min(1).max(MAX_LINES),
});
export type DocumentInput = z.output<typeof DocumentInput>;
