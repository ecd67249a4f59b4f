import type { ServiceContract } from '@ashlar/service';
import type { FastifyRequest } from 'fastify';
import { unverifiable } from './domain/bearer.ts';
import { API_VERSION_HEADER, renderDoorFailure, renderError, renderKeyRefusal } from './routes/wire-errors.ts';
import { identitySchema } from './schema.ts';

const BODY_LIMIT_BYTES = 1_048_576;

/** Accounts and sessions at `/auth/v1`, in schema `auth` of every project. */
export const identityContract: ServiceContract = {
  name: 'identity',
  publicNames: ['auth'],
  devPaths: ['/dev/mail'],
  // Signing in must work with an expired token at hand.
  caller: 'optional',
  bodyLimitBytes: BODY_LIMIT_BYTES,
  schema: identitySchema,
  refuse: (refusal, request) =>
    refusal.reason === 'key-missing' || refusal.reason === 'key-unknown'
      ? renderKeyRefusal(refusal)
      : renderError(unverifiable(refusal), apiVersionOf(request), request.id),
  fail: (failure, request) => renderDoorFailure(failure, apiVersionOf(request)),
};

export function apiVersionOf({ headers }: Pick<FastifyRequest, 'headers'>): string | undefined {
  const version = headers[API_VERSION_HEADER];
  return typeof version === 'string' ? version : undefined;
}
