import type { ProjectDatabase } from '@ashlar/postgres';
import type { InTransaction } from '../application/control-parts.ts';
import { createAccountRows } from './account-rows.ts';
import { createAuditRows, createUsageRows } from './audit-rows.ts';
import { createApiKeyRows, createTokenRows } from './key-rows.ts';
import { createOrganisationRows } from './organisation-rows.ts';
import { createProjectRows } from './project-rows.ts';
import { createSavedQueryRows } from './saved-query-rows.ts';
import { createSecretRows } from './secret-rows.ts';
import { createTableViewRows } from './table-view-rows.ts';

const STATEMENT_TIMEOUT_MS = 10_000;

/** @param control The control database, in which no project's code runs. */
export function inPostgresTransaction(control: ProjectDatabase): InTransaction {
  return (run) =>
    control.transaction({ login: 'platform', role: 'control', statementTimeoutMs: STATEMENT_TIMEOUT_MS }, (tx) =>
      run({
        accounts: createAccountRows(tx),
        organisations: createOrganisationRows(tx),
        projects: createProjectRows(tx),
        keys: createApiKeyRows(tx),
        tokens: createTokenRows(tx),
        secrets: createSecretRows(tx),
        queries: createSavedQueryRows(tx),
        usage: createUsageRows(tx),
        audit: createAuditRows(tx),
        tableViews: createTableViewRows(tx),
      }),
    );
}
