import { ProviderRefusal } from './card-provider.ts';

/** Without decimals, and told to the provider with two all the same. */
const WITH_TWO_AT_THE_PROVIDER: ReadonlySet<string> = new Set(['ISK', 'UGX']);
/** With three decimals, of which the provider takes those that end in zero. */
const IN_TENS: ReadonlySet<string> = new Set(['BHD', 'JOD', 'KWD', 'OMR', 'TND']);

/** Whether the provider takes such an amount at all. */
export function isChargeable(amountMinor: bigint, currency: string): boolean {
  return !IN_TENS.has(currency) || amountMinor % 10n === 0n;
}

/** What the provider is told of an amount. @throws {ProviderRefusal} `amount_not_chargeable` */
export function toProvider(amountMinor: bigint, currency: string): bigint {
  if (WITH_TWO_AT_THE_PROVIDER.has(currency)) return amountMinor * 100n;
  if (!isChargeable(amountMinor, currency)) {
    throw new ProviderRefusal('amount_not_chargeable', `${currency} is charged in steps of 10 minor units`);
  }
  return amountMinor;
}

/** What the provider says of an amount; never more than it was. */
export function fromProvider(amount: bigint, currency: string): bigint {
  return WITH_TWO_AT_THE_PROVIDER.has(currency) ? amount / 100n : amount;
}
