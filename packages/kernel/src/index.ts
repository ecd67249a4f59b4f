export { BoundedCache } from './bounded-cache.ts';
export { AshlarError, defineErrors } from './errors.ts';
export type { AshlarErrorOptions, CatalogueEntry, ErrorFactory, ErrorKind, ErrorParams, FieldError } from './errors.ts';
export { must, unreachable } from './must.ts';
