import { continueTrace, formatTraceparent } from '@ashlar/telemetry';
import type { FindUser } from '../application/deliver-by-hook.ts';
import { inPostgresTransaction } from './in-postgres-transaction.ts';

/** For jobs, which serve no request and begin a trace of their own. */
export const readPostgresUser: FindUser = (project, id) => {
  const traceparent = formatTraceparent(continueTrace(undefined, undefined));
  return inPostgresTransaction({ project, traceparent }, ({ users }) => users.findById(id));
};
