import type { Percent } from '@ashlar/kernel/values';

export type PromotionType = 'percent' | 'fixed' | 'buy_x_get_y' | 'shipping';

/** Whom and what a promotion is for; a list that is not there is all of them. */
export interface PromotionRules {
  readonly variants?: readonly string[];
  readonly products?: readonly string[];
  readonly categories?: readonly string[];
  readonly channels?: readonly string[];
  readonly customers?: readonly string[];
}

export interface Promotion {
  readonly id: string;
  readonly title: Readonly<Record<string, string>>;
  readonly type: PromotionType;
  /** Null: a fixed amount. */
  readonly percent: Percent | null;
  readonly amountMinor: bigint | null;
  readonly buy: number | null;
  readonly get: number | null;
  /** Of its amounts; null where it has none. */
  readonly currency: string | null;
  /** What the lines it is for have to come to before discounts. */
  readonly minimumMinor: bigint | null;
  readonly rules: PromotionRules;
  readonly stackable: boolean;
  readonly priority: number;
  readonly status: 'active' | 'ended';
  readonly validFrom: Date | null;
  readonly validTo: Date | null;
  readonly budgetMinor: bigint | null;
  readonly spentMinor: bigint;
  readonly usageLimit: number | null;
  readonly used: number;
  readonly perCustomerLimit: number | null;
  /** Orders of this customer that stand. */
  readonly usedByCustomer: number;
  /** What it was asked for with; null: it comes by itself. */
  readonly coupon: {
    readonly id: string;
    readonly code: string;
    readonly isWithdrawn: boolean;
    readonly usageLimit: number | null;
    readonly used: number;
  } | null;
}

/** Why a promotion is not applied. */
export type PromotionRefusal = 'expired' | 'not_eligible' | 'usage_exhausted' | 'not_stackable';
/** `waiting`: it takes something off the shipping, and none is chosen yet. */
export type PromotionState = 'applied' | 'waiting' | PromotionRefusal;

export interface Asker {
  readonly at: Date;
  readonly channel: string;
  readonly customerId: string | null;
  readonly currency: string;
}

/** Whether it may be had now and by whoever asks; what is in the cart is another question. */
export function refusalOf(promotion: Promotion, { at, channel, customerId, currency }: Asker): PromotionRefusal | null {
  const { rules, coupon, perCustomerLimit, usageLimit, budgetMinor, validFrom, validTo } = promotion;
  if (promotion.status === 'ended' || coupon?.isWithdrawn === true) return 'expired';
  if ((validFrom !== null && at < validFrom) || (validTo !== null && at >= validTo)) return 'expired';
  if (promotion.currency !== null && promotion.currency !== currency) return 'not_eligible';
  if (rules.channels?.includes(channel) === false) return 'not_eligible';
  if (rules.customers !== undefined && (customerId === null || !rules.customers.includes(customerId))) {
    return 'not_eligible';
  }
  // Of somebody unknown nobody can tell how often.
  if (perCustomerLimit !== null && customerId === null) return 'not_eligible';
  const isUsedUp =
    (usageLimit !== null && promotion.used >= usageLimit) ||
    (budgetMinor !== null && promotion.spentMinor >= budgetMinor) ||
    (perCustomerLimit !== null && promotion.usedByCustomer >= perCustomerLimit) ||
    (coupon !== null && coupon.usageLimit !== null && coupon.used >= coupon.usageLimit);
  return isUsedUp ? 'usage_exhausted' : null;
}
