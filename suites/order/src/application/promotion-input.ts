import { commonErrors } from '@ashlar/kernel';
import { Instant, localizedText, Money, Percent, percentText } from '@ashlar/kernel/values';
import { z } from 'zod';
import { CustomerId, VariantId } from '../domain/ids.ts';
import { orderErrors } from '../domain/order-errors.ts';
import type { PromotionType } from '../domain/promotion.ts';
import { Channel } from './carts.ts';

const MOST = 1000;
/** 100 % in the millionths a percentage is kept in. */
const WHOLE = 100_000_000n;

const Rules = z
  .strictObject({
    variants: z.array(VariantId).min(1).max(MOST).optional(),
    products: z.array(z.uuid()).min(1).max(MOST).optional(),
    categories: z.array(z.uuid()).min(1).max(MOST).optional().describe('With all below them'),
    channels: z.array(Channel).min(1).max(10).optional(),
    customers: z.array(CustomerId).min(1).max(MOST).optional(),
  })
  .describe(
    'Whom and what it is for; a list that is not there is all of them, and of goods one of the lists is enough',
  );

const Count = z.int().min(1).max(1_000_000);

/** What a promotion says, but for its kind. */
export const promotionTerms = {
  title: localizedText({ max: 200 }),
  percent: Percent.optional().describe('Off what it is for; all of it for pieces given and shipping unless told'),
  amount: Money.optional().describe('Of fixed: off all that it is for'),
  buy: Count.optional(),
  get: Count.optional().describe('Of buy_x_get_y: of each so many and so many, the cheapest'),
  minimum: Money.optional().describe('What the lines it is for have to come to, before discounts and as prices are'),
  rules: Rules.prefault({}),
  stackable: z.boolean().default(false).describe('Whether it is applied together with others that are'),
  priority: z.int().min(0).max(1_000_000).default(100).describe('The lowest is applied first'),
  budget: Money.optional().describe('What it gives in all; a discount it does not cover is not given'),
  usageLimit: z.int().min(1).max(1_000_000_000).optional().describe('Orders'),
  perCustomerLimit: z.int().min(1).max(1_000_000).optional().describe('Orders of one customer'),
  validFrom: Instant.optional(),
  validTo: Instant.optional().describe('Without this moment'),
};
const Terms = z.object(promotionTerms);

/**
 * A promotion's row.
 *
 * @throws {AshlarError} `common.invalid_input` where its parts do not fit its kind, `order.money_mixed`
 */
export function termsRow(type: PromotionType, input: z.output<typeof Terms>) {
  const isFixed = type === 'fixed';
  const percent = input.percent ?? (type === 'buy_x_get_y' || type === 'shipping' ? WHOLE : undefined);
  const faults: { pointer: string; code: string; detail: string }[] = [];
  const expect = (holds: boolean, pointer: string, detail: string): void => {
    if (!holds) faults.push({ pointer, code: 'does_not_fit', detail });
  };
  expect(isFixed === (input.amount !== undefined), '/amount', 'A fixed promotion has an amount, and no other');
  expect(isFixed === (percent === undefined), '/percent', 'A promotion of percents has some, and a fixed one none');
  expect(percent === undefined || (percent > 0n && percent <= WHOLE), '/percent', 'More than 0 and at most 100');
  for (const name of ['buy', 'get'] as const) {
    expect((type === 'buy_x_get_y') === (input[name] !== undefined), `/${name}`, 'Of buy_x_get_y, and no other');
  }
  const amounts = { amount: input.amount, minimum: input.minimum, budget: input.budget };
  for (const [name, money] of Object.entries(amounts)) {
    expect(money === undefined || money.amountMinor > 0n, `/${name}`, 'More than nothing');
  }
  const { validFrom = null, validTo = null } = input;
  expect(validFrom === null || validTo === null || validFrom < validTo, '/validTo', 'After it begins');
  if (faults.length > 0) throw commonErrors.invalidInput({ count: faults.length }, { fields: faults });
  const currencies = [...new Set(Object.values(amounts).flatMap((money) => money?.currency ?? []))];
  if (currencies.length > 1) throw orderErrors.moneyMixed();
  return {
    title: JSON.stringify(input.title),
    percent: percent === undefined ? null : percentText(percent as Percent),
    amount: input.amount?.amountMinor ?? null,
    buy: input.buy ?? null,
    get: input.get ?? null,
    currency: currencies[0] ?? null,
    minimum: input.minimum?.amountMinor ?? null,
    rules: JSON.stringify(input.rules),
    stackable: input.stackable,
    priority: input.priority,
    budget: input.budget?.amountMinor ?? null,
    usage_limit: input.usageLimit ?? null,
    per_customer_limit: input.perCustomerLimit ?? null,
    valid_from: validFrom === null ? null : new Date(validFrom),
    valid_to: validTo === null ? null : new Date(validTo),
  };
}
