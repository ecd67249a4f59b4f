import { eventErrors } from './event-errors.ts';
import { isBatch, type Subscription } from './subscription.ts';

const CONSUMER = /^[a-z][a-z0-9_-]*(\.[a-z][a-z0-9_-]*)+$/;
const TYPE = /^(?:\*|[a-z][a-z0-9_-]*(\.[a-z][a-z0-9_-]*)*(\.\*)?)$/;
const MAX_NAME_CHARACTERS = 200;
const MAX_BATCH = 1_000;

/** @throws {AshlarError} `events.subscription_invalid`. */
export function refuseInvalid(subscriptions: readonly Subscription[]): void {
  const seen = new Set<string>();
  for (const subscription of subscriptions) {
    const { consumer } = subscription;
    const reason = seen.has(consumer) ? 'another one has its name' : faultOf(subscription);
    if (reason !== null) {
      throw eventErrors.subscriptionInvalid({ consumer: consumer.slice(0, MAX_NAME_CHARACTERS), reason });
    }
    seen.add(consumer);
  }
}

function faultOf(subscription: Subscription): string | null {
  const { consumer, types } = subscription;
  if (!CONSUMER.test(consumer) || consumer.length > MAX_NAME_CHARACTERS) {
    return 'a name looks like billing.invoice-on-placement';
  }
  if (types.length === 0) return 'it names no type';
  if (!types.every((type) => TYPE.test(type) && type.length <= MAX_NAME_CHARACTERS)) {
    return 'a type looks like order.order.placed, order.* or *';
  }
  if (subscription.effects === 'database' && subscription.role !== consumer.split('.', 1)[0]) {
    return `its role is ${subscription.role}, and its name does not begin with it`;
  }
  if (isBatch(subscription) && !(subscription.maxBatch >= 1 && subscription.maxBatch <= MAX_BATCH)) {
    return `maxBatch is 1 to ${MAX_BATCH}`;
  }
  return null;
}
