export { billing } from './suite.ts';
export { billingErrors } from './domain/billing-errors.ts';
export { providerErrors } from './domain/provider-errors.ts';
export * as billingEvents from './domain/billing-events.ts';
