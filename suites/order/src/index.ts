export { order } from './suite.ts';
export { orderErrors } from './domain/order-errors.ts';
export * as orderEvents from './domain/order-events.ts';
