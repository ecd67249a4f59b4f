import type { CallResult, LocalSettings, ProjectDatabase } from '@ashlar/postgres';
import type { RequestContext } from '@ashlar/service';
import { formatTraceparent } from '@ashlar/telemetry';
import type { IncomingHttpHeaders } from 'node:http';
import { translateRefusal } from './translate-refusal.ts';

/** Bounds every statement, the policies and triggers of the project included. */
const STATEMENT_TIMEOUT_MS = 8_000;

/** Who asks for what: the facts policies may read. */
export interface Visit {
  readonly context: RequestContext;
  readonly method: string;
  /** Below the service's prefix: `/object/avatars/a.png`. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
}

export interface CallerStatement {
  /** `storage.object.list` and the like, for policies that ask. */
  readonly operation: string;
  /** One SELECT or WITH whose single column is JSON, one row each. */
  readonly text: string;
  readonly values: readonly (string | null)[];
  readonly readOnly?: boolean;
  /** Tries only: what it did is undone. */
  readonly rollback?: boolean;
  readonly isDelete?: boolean;
}

/** Runs a statement as the caller, under row-level security, and parses its JSON rows. */
export async function asCaller<Row>(visit: Visit, statement: CallerStatement): Promise<Row[]> {
  const { project, caller } = visit.context;
  const isRead = statement.readOnly === true;
  return attempt(
    project.database.call({
      login: 'authenticator',
      role: caller.role,
      settings: callerSettings(visit, statement),
      readOnly: isRead,
      statementTimeoutMs: STATEMENT_TIMEOUT_MS,
      statement: { text: statement.text, values: statement.values },
      connection: isRead ? 'shared' : 'own',
      ...(statement.rollback === true ? { rollback: true } : {}),
    }),
  );
}

/** Runs a statement of the service's own, which reaches rows through the functions made for it. */
export async function asService<Row>(
  database: ProjectDatabase,
  text: string,
  values: readonly (string | null)[],
  background = false,
): Promise<Row[]> {
  return attempt(
    database.call({
      login: 'service',
      role: 'storage',
      settings: [],
      readOnly: false,
      statementTimeoutMs: STATEMENT_TIMEOUT_MS,
      statement: { text, values },
      // Each is quick and touches a row or two; many at once share connections, and their commits a wait for the disk.
      connection: background ? 'own' : 'shared',
      background,
    }),
  );
}

async function attempt<Row>(call: Promise<CallResult>): Promise<Row[]> {
  try {
    const { rows } = await call;
    // The statement says what its JSON holds; nothing here could check it.
    return rows.map(([json]) => JSON.parse(json ?? 'null') as Row);
  } catch (error) {
    throw translateRefusal(error);
  }
}

function callerSettings({ context, method, path, headers }: Visit, statement: CallerStatement): LocalSettings {
  const { caller, trace } = context;
  const { sub } = caller.claims;
  return [
    ['search_path', 'storage, public, extensions'],
    ['timezone', 'UTC'],
    ['request.jwt.claims', caller.claimsJson],
    ['request.jwt.claim.sub', typeof sub === 'string' ? sub : ''],
    ['request.jwt.claim.role', caller.role],
    ['request.headers', JSON.stringify(headers.cookie === undefined ? headers : { ...headers, cookie: undefined })],
    ['request.method', method],
    ['request.path', path],
    ['request.traceparent', formatTraceparent(trace)],
    ['storage.operation', statement.operation],
    ['storage.allow_delete_query', statement.isDelete === true ? 'true' : 'false'],
  ];
}
