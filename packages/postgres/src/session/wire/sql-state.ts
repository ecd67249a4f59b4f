import { DatabaseError } from 'pg';

/** https://www.postgresql.org/docs/current/errcodes-appendix.html */
export const SQL_STATE = {
  featureNotSupported: '0A000',
  invalidStatementName: '26000',
  lockNotAvailable: '55P03',
  queryCanceled: '57014',
} as const;

export function sqlState(error: unknown): string | undefined {
  return error instanceof DatabaseError ? error.code : undefined;
}

/**
 * The server no longer has a prepared statement as we know it: DDL changed its result, or somebody's function
 * deallocated it. Nothing was executed, so the whole exchange can be sent again.
 */
export function isStaleStatement(error: unknown): boolean {
  if (!(error instanceof DatabaseError)) return false;
  if (error.code === SQL_STATE.invalidStatementName) return true;
  return error.code === SQL_STATE.featureNotSupported && error.routine === 'RevalidateCachedQuery';
}
