export { BoundedCache } from './bounded-cache.ts';
export { AshlarError, defineErrors } from './errors.ts';
export type { AshlarErrorOptions, CatalogueEntry, ErrorFactory, ErrorKind, ErrorParams, FieldError } from './errors.ts';
export { escapeHtml } from './escape-html.ts';
export { aggregateOf } from './event.ts';
export type { DomainEvent, Emit, NewEvent } from './event.ts';
export { RateLimiter } from './rate-limiter.ts';
export type { Rate } from './rate-limiter.ts';
export { must, unreachable } from './must.ts';
