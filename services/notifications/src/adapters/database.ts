import type { ProjectDatabase, StatementValue } from '@ashlar/postgres';
import type { RequestContext } from '@ashlar/service';
import { formatTraceparent } from '@ashlar/telemetry';
import { translateRefusal } from './translate-refusal.ts';

const STATEMENT_TIMEOUT_MS = 10_000;

export interface JsonStatement {
  /** One SELECT or WITH whose single column is JSON, one row each. */
  readonly text: string;
  readonly values: readonly StatementValue[];
  readonly readOnly?: boolean;
}

/** Runs a statement as the caller: grants and row-level security decide. */
export async function asCaller<Row>(
  context: RequestContext,
  { text, values, readOnly = false }: JsonStatement,
): Promise<Row[]> {
  const { project, caller, trace } = context;
  const { sub } = caller.claims;
  try {
    const { rows } = await project.database.call({
      login: 'authenticator',
      role: caller.role,
      settings: [
        ['search_path', ''],
        ['timezone', 'UTC'],
        ['request.jwt.claims', caller.claimsJson],
        ['request.jwt.claim.sub', typeof sub === 'string' ? sub : ''],
        ['request.jwt.claim.role', caller.role],
        ['request.traceparent', formatTraceparent(trace)],
      ],
      readOnly,
      statementTimeoutMs: STATEMENT_TIMEOUT_MS,
      statement: { text, values },
      connection: readOnly ? 'shared' : 'own',
    });
    // The statement says what its JSON holds; nothing here could check it.
    return rows.map(([json]) => JSON.parse(json ?? 'null') as Row);
  } catch (error) {
    throw translateRefusal(error);
  }
}

/** Runs a statement of the service's own. */
export async function asService<Row>(
  database: ProjectDatabase,
  text: string,
  values: readonly StatementValue[],
): Promise<Row[]> {
  const { rows } = await database.call({
    login: 'service',
    role: 'notifications',
    settings: [['timezone', 'UTC']],
    readOnly: false,
    statementTimeoutMs: STATEMENT_TIMEOUT_MS,
    statement: { text, values },
    connection: 'own',
  });
  return rows.map(([json]) => JSON.parse(json ?? 'null') as Row);
}
