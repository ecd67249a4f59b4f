import type { TransactionOptions } from '@ashlar/postgres';
import type { InTransaction } from '../application/stores.ts';
import { identityErrors } from '../domain/identity-errors.ts';
import { createPostgresAdminRecords } from './postgres-admin-records.ts';
import { createPostgresImpersonationStore } from './postgres-impersonation-store.ts';
import { createPostgresAttemptStore } from './postgres-attempt-store.ts';
import { createPostgresOrganisationStore } from './postgres-organisation-store.ts';
import { createPostgresPlaceStore } from './postgres-place-store.ts';
import { createPostgresAssuranceStore } from './postgres-assurance-store.ts';
import { createPostgresFactorStore } from './postgres-factor-store.ts';
import { createPostgresFlowStore } from './postgres-flow-store.ts';
import { createPostgresPasskeyStore } from './postgres-passkey-store.ts';
import { createPostgresRecoveryCodeStore } from './postgres-recovery-code-store.ts';
import { createPostgresAddressGuardStore } from './postgres-address-guard-store.ts';
import { createPostgresOneTimeTokenStore } from './postgres-one-time-token-store.ts';
import { createPostgresPendingChangeStore } from './postgres-pending-change-store.ts';
import { createPostgresIdentityStore } from './postgres-identity-store.ts';
import { createPostgresOAuthStateStore } from './postgres-oauth-state-store.ts';
import { createPostgresSessionStore } from './postgres-session-store.ts';
import { createPostgresSettingsStore } from './postgres-settings-store.ts';
import { createPostgresUserStore, type Attempt } from './postgres-user-store.ts';

/** Triggers of the application run inside these transactions; this bounds them. */
const STATEMENT_TIMEOUT_MS = 10_000;

const UNIQUE_VIOLATION = '23505';
const QUERY_CANCELED = '57014';

/** The stores on a project's own database, as the runner role of this service. */
export const inPostgresTransaction: InTransaction = async ({ project, traceparent }, run) => {
  let attempt: Attempt | undefined;
  // The first write names the whole: what follows is in its service.
  const attempting = (next: Attempt): void => void (attempt ??= next);
  const options: TransactionOptions = {
    login: 'service',
    role: 'identity',
    settings: [['request.traceparent', traceparent]],
    statementTimeoutMs: STATEMENT_TIMEOUT_MS,
  };
  try {
    return await project.database.transaction(options, (tx) => {
      const users = createPostgresUserStore(tx, attempting);
      return run({
        users,
        sessions: createPostgresSessionStore(tx),
        flows: createPostgresFlowStore(tx),
        attempts: createPostgresAttemptStore(tx),
        organisations: createPostgresOrganisationStore(tx),
        places: createPostgresPlaceStore(tx),
        records: createPostgresAdminRecords(tx),
        impersonations: createPostgresImpersonationStore(tx),
        settings: createPostgresSettingsStore(tx),
        factors: createPostgresFactorStore(tx),
        recoveryCodes: createPostgresRecoveryCodeStore(tx),
        assurance: createPostgresAssuranceStore(tx),
        passkeys: createPostgresPasskeyStore(tx),
        tokens: createPostgresOneTimeTokenStore(tx, attempting),
        guards: createPostgresAddressGuardStore(tx),
        pendingChanges: createPostgresPendingChangeStore(tx, attempting),
        identities: createPostgresIdentityStore(tx),
        oauthStates: createPostgresOAuthStateStore(tx),
        outbox: {
          async add(message, at) {
            await tx.query('insert into auth.outbox (kind, message, created_at) values ($1, $2::jsonb, $3)', [
              message.kind,
              JSON.stringify(message),
              at,
            ]);
          },
          // Limits are laid over this by `limitMessages`.
          countUnsent: () => undefined,
        },
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
