import { commonErrors } from '@ashlar/kernel';
import { formatTraceparent } from '@ashlar/telemetry';
import type { FastifyRequest } from 'fastify';
import type { Invocation, Via } from '../invocation.ts';

const ORGANISATION_HEADER = 'ashlar-organisation';
const KEY_HEADER = 'idempotency-key';
const DRY_RUN_HEADER = 'ashlar-dry-run';

/** Who asks and how, for every handler that is reached over HTTP. */
export function invocationOf({ headers, ashlar }: FastifyRequest, via: Via): Invocation {
  const { project, caller, trace, requestId } = ashlar;
  const orgId = headers[ORGANISATION_HEADER];
  if (Array.isArray(orgId)) throw commonErrors.orgMissing();
  const key = headers[KEY_HEADER];
  const dryRun = headers[DRY_RUN_HEADER];
  if (dryRun !== undefined && dryRun !== 'true' && dryRun !== 'false') {
    throw commonErrors.malformed({ wanted: `${DRY_RUN_HEADER}, which is true or false` });
  }
  return {
    database: project.database,
    caller: { role: caller.role, claims: caller.claims },
    via,
    requestId,
    orgId: orgId?.toLowerCase(),
    idempotencyKey: Array.isArray(key) ? key.join(',') : key,
    dryRun: dryRun === 'true',
    traceparent: formatTraceparent(trace),
  };
}
