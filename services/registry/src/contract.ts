import type { ServiceContract } from '@ashlar/service';
import { wireErrors } from './routes/wire-errors.ts';
import { registrySchema } from './schema.ts';

/** A document of the largest size as a text within JSON, where most of its quotes are escaped. */
const BODY_LIMIT_BYTES = 4_194_304;

/** Contracts of programs at `/registry/v1`, with schema `registry` in every project. */
export const registryContract: ServiceContract = {
  name: 'registry',
  publicNames: ['registry'],
  caller: 'verified',
  bodyLimitBytes: BODY_LIMIT_BYTES,
  schema: registrySchema,
  refuse: (refusal) => wireErrors.renderRefusal(refusal),
  fail: (failure) => wireErrors.renderDoorFailure(failure),
};
