import type { ServiceContract } from '@ashlar/service';
import { wireErrors } from './routes/wire-errors.ts';
import { webhooksSchema } from './schema.ts';

/** An endpoint with all its headers, conditions and types. */
const BODY_LIMIT_BYTES = 1_048_576;

/** Outgoing webhooks at `/webhooks/v1`, with schema `webhooks` in every project. */
export const webhooksContract: ServiceContract = {
  name: 'webhooks',
  publicNames: ['webhooks'],
  caller: 'verified',
  bodyLimitBytes: BODY_LIMIT_BYTES,
  schema: webhooksSchema,
  refuse: (refusal) => wireErrors.renderRefusal(refusal),
  fail: (failure) => wireErrors.renderDoorFailure(failure),
};
