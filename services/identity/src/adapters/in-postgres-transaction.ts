import type { TransactionOptions } from '@ashlar/postgres';
import type { InTransaction } from '../application/stores.ts';
import { identityErrors } from '../domain/identity-errors.ts';
import { createPostgresSessionStore } from './postgres-session-store.ts';
import { createPostgresUserStore, type Attempt } from './postgres-user-store.ts';

/** Triggers of the application run inside these transactions; this bounds them. */
const STATEMENT_TIMEOUT_MS = 10_000;

const UNIQUE_VIOLATION = '23505';
const QUERY_CANCELED = '57014';

/** The stores on a project's own database, as the runner role of this service. */
export const inPostgresTransaction: InTransaction = async ({ project, traceparent }, run) => {
  let attempt: Attempt | undefined;
  const options: TransactionOptions = {
    login: 'platform',
    role: 'identity',
    settings: [['request.traceparent', traceparent]],
    statementTimeoutMs: STATEMENT_TIMEOUT_MS,
  };
  try {
    return await project.database.transaction(options, (tx) => {
      // The first write names the whole: what follows is in its service.
      const users = createPostgresUserStore(tx, (next) => (attempt ??= next));
      return run({
        users,
        sessions: createPostgresSessionStore(tx),
        async audit({ payload, address, at }) {
          await tx.query(
            `insert into auth.audit_log_entries (instance_id, payload, created_at, ip_address)
             values ('00000000-0000-0000-0000-000000000000', $1::json, $2, left($3, 64))`,
            [JSON.stringify(payload), at, address],
          );
        },
      });
    });
  } catch (error) {
    throw isRefusedByServer(error) ? translate(error, attempt) : error;
  }
};

interface ServerRefusal extends Error {
  readonly code: string;
  readonly constraint?: string;
}

/** The driver's error for what PostgreSQL said, as opposed to a lost connection or an error of our own. */
function isRefusedByServer(error: unknown): error is ServerRefusal {
  return error instanceof Error && 'severity' in error && 'code' in error && typeof error.code === 'string';
}

/** Catches failures of the COMMIT too: deferred constraints and triggers speak up only there. */
function translate(error: ServerRefusal, attempt: Attempt | undefined): Error {
  if (error.code === QUERY_CANCELED) return identityErrors.requestTimeout({}, { cause: error });
  if (error.code === UNIQUE_VIOLATION && error.constraint === 'users_email_partial_key') {
    return identityErrors.emailExists({}, { cause: error });
  }
  if (error.code === UNIQUE_VIOLATION && error.constraint === 'users_phone_key') {
    return identityErrors.phoneExists({}, { cause: error });
  }
  return attempt === undefined ? error : identityErrors.databaseError({ attempt }, { cause: error });
}
