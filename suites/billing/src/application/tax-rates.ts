import { commonErrors, refuse, useCase } from '@ashlar/kernel';
import { BusinessDate, localizedText, Percent, percent, percentText, type TaxRate } from '@ashlar/kernel/values';
import { z } from 'zod';
import { touched } from '@ashlar/kernel/touched';
import type { BillingDb } from '../adapters/tables.ts';
import { billingErrors } from '../domain/billing-errors.ts';
import { TaxRateId } from '../domain/ids.ts';
import { type KnownRate, resolveTax } from '../domain/resolve-tax.ts';
import type { BillingContext, BillingQuery } from './books.ts';

const Key = z.string().trim().max(50);

/** Where something is taxed and for whom; empty: as everywhere, as for everybody. */
export const TaxPlaceInput = z.strictObject({ jurisdiction: Key.default(''), customerClass: Key.default('') });

/** A tax as it stands on a line. */
export const RateSnapshot = z.strictObject({
  code: Key.min(1),
  percent: Percent,
  compoundOn: z.array(Key.min(1)).max(10).default([]),
});

export const addTaxRate = useCase('billing.add-tax-rate', {
  summary: 'Says what a category of goods bears, from a day on.',
  input: z.strictObject({
    code: Key.min(1),
    name: localizedText({ max: 200 }),
    category: Key.min(1).describe('Of goods, as the catalogue says it'),
    percent: Percent,
    jurisdiction: Key.default(''),
    customerClass: Key.default(''),
    compoundOn: z.array(Key.min(1)).max(10).default([]).describe('Codes of taxes before it that belong to its base'),
    position: z.int().min(0).max(1000).default(0),
    validFrom: BusinessDate,
    validTo: BusinessDate.nullable().default(null),
  }),
  output: z.object({ id: TaxRateId }),
  errors: [billingErrors.codeTaken],
  permission: 'billing.manage',
  on: { http: 'POST /tax-rates', graphql: 'mutation', grpc: true, mcp: true },
  run: async (input, { db, newId, audit }: BillingContext) => {
    const id = newId(TaxRateId);
    const row = {
      code: input.code,
      category: input.category,
      percent: percentText(input.percent),
      jurisdiction: input.jurisdiction,
      customer_class: input.customerClass,
      position: input.position,
      valid_from: input.validFrom,
      valid_to: input.validTo,
    };
    await db
      .insertInto('billing.tax_rates')
      .values({ id, ...row, name: JSON.stringify(input.name), compound_on: input.compoundOn })
      .execute();
    audit({ subject: id, after: row });
    return { id };
  },
});

export const endTaxRate = useCase('billing.end-tax-rate', {
  summary: 'Says until which day a rate holds; documents that bear it keep it.',
  input: z.strictObject({ rateId: TaxRateId, validTo: BusinessDate.nullable() }),
  output: z.object({ id: TaxRateId }),
  errors: [],
  permission: 'billing.manage',
  on: { http: 'PUT /tax-rates/:rateId/end', graphql: 'mutation', grpc: true, mcp: true },
  run: async ({ rateId: id, validTo }, { db, audit }: BillingContext) => {
    const row = await db
      .updateTable('billing.tax_rates')
      .set({ valid_to: validTo, ...touched })
      .where('id', '=', id)
      .returning('id')
      .executeTakeFirst();
    if (row === undefined) return refuse(commonErrors.notFound({ what: 'tax rate', id }));
    audit({ subject: id, after: { validTo } });
    return { id };
  },
});

export const resolveTaxes = useCase('billing.resolve-taxes', {
  kind: 'query',
  summary: 'What categories of goods bear on a day, at a place, for a class of customers.',
  input: z.strictObject({
    date: BusinessDate,
    categories: z.array(Key.min(1)).min(1).max(1000),
    place: TaxPlaceInput.prefault({}),
  }),
  output: z.object({
    taxes: z.array(
      z.object({ category: z.string(), rates: z.array(RateSnapshot).nullable().describe('Null: nobody has said') }),
    ),
  }),
  errors: [],
  permission: 'billing.read',
  on: { http: 'GET /taxes', graphql: 'query', grpc: true, mcp: true },
  run: async ({ date, categories, place }, { db }: BillingQuery) => {
    const known = await ratesOn(db, date);
    return {
      taxes: [...new Set(categories)].map((category) => ({
        category,
        rates: resolveTax(known, category, place)?.map(snapshotOf) ?? null,
      })),
    };
  },
});

/** All rates that hold on a day. */
export async function ratesOn(db: BillingDb, date: string): Promise<readonly KnownRate[]> {
  const rows = await db
    .selectFrom('billing.tax_rates')
    .select(['code', 'category', 'jurisdiction', 'customer_class', 'percent', 'compound_on', 'position'])
    .where('valid_from', '<=', date)
    .where((eb) => eb.or([eb('valid_to', 'is', null), eb('valid_to', '>=', date)]))
    .limit(10_000)
    .execute();
  return rows.map(({ customer_class: customerClass, compound_on: compoundOn, percent: share, ...row }) => ({
    ...row,
    customerClass,
    compoundOn,
    percent: percent(share),
  }));
}

function snapshotOf({ code, percent: share, compoundOn = [] }: TaxRate): z.output<typeof RateSnapshot> {
  return { code, percent: share, compoundOn: [...compoundOn] };
}
