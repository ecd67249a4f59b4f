import type { FastifyRequest } from 'fastify';
import { identityErrors } from '../domain/identity-errors.ts';
import { isUuid } from '../domain/uuid.ts';

/**
 * A UUID the route's pattern puts among the parameters.
 *
 * @throws {AshlarError} `identity.validation_failed` when it is none.
 */
export function readId({ params }: FastifyRequest, name: string): string {
  // The route pattern puts it there.
  const value = (params as Readonly<Record<string, string>>)[name];
  if (isUuid(value)) return value;
  throw identityErrors.validationFailed({ detail: `${name} must be an UUID, got ${JSON.stringify(value)}` });
}
