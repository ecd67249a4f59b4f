export { inventory } from './suite.ts';
export { inventoryErrors } from './domain/inventory-errors.ts';
export * as inventoryEvents from './domain/inventory-events.ts';
