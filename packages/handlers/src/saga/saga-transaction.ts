import type { LocalSettings, ProjectDatabase, Transaction } from '@ashlar/postgres';

/** Of one wait for an instance that another process has at hand. */
const LOCK_TIMEOUT = '10s';
const STATEMENT_TIMEOUT_MS = 30_000;

export interface SagaTransactionOptions {
  readonly settings?: LocalSettings;
  readonly rollback?: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** As the owner of the tables of sagas, on which no project can put code of its own. */
export function sagaTransaction<Result>(
  database: ProjectDatabase,
  run: (tx: Transaction) => Promise<Result>,
  { settings = [], rollback = false, signal }: SagaTransactionOptions = {},
): Promise<Result> {
  const terms = {
    login: 'platform',
    role: 'suites_owner',
    settings: [['search_path', ''], ['lock_timeout', LOCK_TIMEOUT], ...settings],
    statementTimeoutMs: STATEMENT_TIMEOUT_MS,
    rollback,
    ...(signal === undefined ? {} : { signal }),
  } as const;
  return database.transaction(terms, run);
}
