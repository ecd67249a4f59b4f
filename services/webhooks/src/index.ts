export { webhooksContract } from './contract.ts';
export { createWebhooks } from './create-webhooks.ts';
export type { WebhooksOptions } from './create-webhooks.ts';
export { DEFAULT_TERMS } from './domain/retry-schedule.ts';
export type { DeliveryTerms } from './domain/retry-schedule.ts';
