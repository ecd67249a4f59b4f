import { type Client, DatabaseError } from 'pg';
import { must } from '@ashlar/kernel';
import type { LocalSettings } from '../session/call.ts';
import { sessionErrors } from '../session/errors.ts';
import type { DatabaseTarget, Login } from '../session/target.ts';
import { cancelBackend } from '../session/wire/cancel-backend.ts';
import { connectConsole } from './connect-console.ts';
import { ConsoleStatement, type StatementBounds, type StatementRows } from './console-statement.ts';

export interface ConsoleScript {
  /** Each one statement; the server refuses more in one. */
  readonly statements: readonly string[];
  /** `owner`, or the one role of a console login. */
  readonly as: string;
  /** Set before anything runs: claims, a search path. */
  readonly settings: LocalSettings;
  /**
   * `one`: all of them in one transaction. `none`: each as it comes, for what refuses a transaction. `reading`: each in
   * a read-only transaction of its own, undone, with everything that was set before forgotten.
   */
  readonly transaction: 'one' | 'none' | 'reading';
  /** With `one`: undo everything at the end. */
  readonly rollback: boolean;
  readonly bounds: StatementBounds;
  /** For all of it together. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

export interface ConsoleResult extends Omit<StatementRows, 'columns'> {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly durationMs: number;
}

export interface ConsoleNotice {
  readonly severity: string;
  readonly message: string;
  readonly detail: string | null;
  readonly hint: string | null;
}

export interface ConsoleOutcome {
  /** Of the statements that completed. */
  readonly results: readonly ConsoleResult[];
  readonly notices: readonly ConsoleNotice[];
  /** What ended it before its end. */
  readonly failure: {
    readonly reason: 'refused' | 'canceled' | 'timeout' | 'too-large' | 'lost';
    readonly error: Error;
  } | null;
}

/** Between asking a statement to stop and ending its process: a function may catch the first. */
const GRACE_MS = 2_000;
/** What one connection may send back: values are bounded before, but a single one may have a gigabyte. */
const MAX_RECEIVED_BYTES = 32 * 1024 * 1024;
const MAX_NOTICES = 100;
const MAX_NOTICE_LENGTH = 2_000;

/**
 * Runs free SQL on a connection of its own, as a login that can become nothing but what it is for, and closes the
 * connection: nothing that was set, locked or prepared outlives it.
 *
 * @throws {AshlarError} `postgres.unavailable`.
 */
export async function runConsole(target: DatabaseTarget, script: ConsoleScript): Promise<ConsoleOutcome> {
  script.signal.throwIfAborted();
  const login = script.as === 'owner' ? target.logins.owner : must(target.console?.get(script.as), 'the console login');
  const client = await connectConsole(target, login);
  const notices: ConsoleNotice[] = [];
  client.on('notice', ({ severity = '', message = '', detail, hint }) => {
    if (notices.length >= MAX_NOTICES) return;
    notices.push({ severity, message: cut(message) ?? '', detail: cut(detail), hint: cut(hint) });
  });
  const results: (StatementRows & { readonly durationMs: number })[] = [];
  const watch = watchOver(target, login, client, script);
  try {
    const error = await runAll(client, script, results).catch((cause: unknown) => asError(cause));
    const failure = error === undefined ? null : { reason: watch.reason(error), error };
    const named = client.connection.stream.destroyed
      ? new Map()
      : await typeNames(client, results).catch(() => new Map());
    // Only now is a transaction certain.
    const ended = failure === null ? await end(client, script).catch((cause: unknown) => asError(cause)) : undefined;
    return {
      results: results.map((result) => ({
        ...result,
        columns: result.columns.map(({ name, typeOid, typeModifier }) => ({
          name,
          type: named.get(`${typeOid} ${typeModifier}`) ?? String(typeOid),
        })),
      })),
      notices,
      failure: ended === undefined ? failure : { reason: watch.reason(ended), error: ended },
    };
  } finally {
    await watch.stop();
    await client.end().catch(() => undefined);
  }
}

async function runAll(
  client: Client,
  script: ConsoleScript,
  results: (StatementRows & { readonly durationMs: number })[],
): Promise<void> {
  const { statements, transaction, bounds } = script;
  if (transaction !== 'reading') await prepare(client, script, false);
  if (transaction === 'one') await client.query('BEGIN');
  for (const text of statements) {
    if (transaction === 'reading') {
      await client.query('RESET ALL');
      await client.query('BEGIN READ ONLY');
      // Asking takes a snapshot, and after that no transaction becomes one that writes.
      await prepare(client, script, true);
    }
    // A cancel request that arrives between two statements cancels neither.
    script.signal.throwIfAborted();
    const startedAt = performance.now();
    const found = await client.query(new ConsoleStatement(text, bounds)).outcome;
    results.push({ ...found, durationMs: performance.now() - startedAt });
    if (transaction === 'reading') await client.query('ROLLBACK');
  }
}

async function prepare(client: Client, { as, settings, timeoutMs }: ConsoleScript, isLocal: boolean): Promise<void> {
  const all: LocalSettings = [
    ['statement_timeout', `${timeoutMs}ms`],
    ...settings,
    // The last: what the role may not set was set before it.
    ...(as === 'owner' ? [] : ([['role', as]] as const)),
  ];
  for (const [name, value] of all) {
    await client.query('select pg_catalog.set_config($1, $2, $3)', [name, value, isLocal]);
  }
}

async function end(client: Client, { transaction, rollback }: ConsoleScript): Promise<undefined> {
  if (transaction !== 'one') return;
  if (rollback) {
    await client.query('ROLLBACK');
    return;
  }
  const { command } = await client.query('COMMIT');
  // A statement of the script may have ended the transaction itself; then there is nothing to be sure of.
  if (command === 'ROLLBACK') throw sessionErrors.transactionAborted();
}

async function typeNames(client: Client, results: readonly StatementRows[]): Promise<ReadonlyMap<string, string>> {
  const columns = results.flatMap((result) => result.columns);
  if (columns.length === 0) return new Map();
  const { rows } = await client.query<{ oid: string; modifier: number; name: string }>(
    `select distinct t.oid::text, t.modifier, pg_catalog.format_type(t.oid, t.modifier) as name
     from unnest($1::pg_catalog.oid[], $2::pg_catalog.int4[]) as t (oid, modifier)`,
    [columns.map(({ typeOid }) => typeOid), columns.map(({ typeModifier }) => typeModifier)],
  );
  return new Map(rows.map(({ oid, modifier, name }) => [`${oid} ${modifier}`, name]));
}

interface Watch {
  /** Why it ended with this error. */
  reason(error: Error): 'refused' | 'canceled' | 'timeout' | 'too-large' | 'lost';
  stop(): Promise<void>;
}

/** Ends what takes too long, is not wanted any more, or says too much: first by asking, then for certain. */
function watchOver(target: DatabaseTarget, login: Login, client: Client, { timeoutMs, signal }: ConsoleScript): Watch {
  let cause: 'canceled' | 'timeout' | 'too-large' | null = null;
  let received = 0;
  let ending: Promise<void> | undefined;
  let lastResort: NodeJS.Timeout | undefined;
  const { processID: processId, secretKey } = client as unknown as {
    readonly processID: number;
    readonly secretKey: number;
  };

  const kill = (): void => {
    ending = terminate(target, login, processId).finally(() => client.connection.stream.destroy());
  };
  const stop = (why: 'canceled' | 'timeout'): void => {
    if (cause !== null) return;
    cause = why;
    ending = cancelBackend(target, { processId, secretKey });
    lastResort = setTimeout(kill, GRACE_MS);
  };
  const onAbort = (): void => stop('canceled');
  const deadline = setTimeout(() => stop('timeout'), timeoutMs);
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  client.connection.stream.on('data', (chunk: Buffer) => {
    received += chunk.length;
    if (received <= MAX_RECEIVED_BYTES || cause === 'too-large') return;
    cause = 'too-large';
    client.connection.stream.destroy();
    kill();
  });

  return {
    reason(error) {
      if (cause !== null) return cause;
      if (!(error instanceof DatabaseError)) return 'lost';
      return error.code === '57014' ? 'timeout' : error.severity === 'FATAL' ? 'lost' : 'refused';
    },
    async stop() {
      clearTimeout(deadline);
      clearTimeout(lastResort);
      signal.removeEventListener('abort', onAbort);
      await ending;
    },
  };
}

/** By the same login, which may end its own sessions and nobody else's. */
async function terminate(target: DatabaseTarget, login: Login, processId: number): Promise<void> {
  try {
    const client = await connectConsole(target, login);
    // The owner's login acts as another role from its beginning, to which its sessions do not belong.
    await client.query('SET ROLE NONE');
    await client.query('select pg_catalog.pg_terminate_backend($1)', [processId]);
    await client.end();
  } catch {
    // The server is away, and what ran there with it.
  }
}

const cut = (text: string | undefined): string | null => text?.slice(0, MAX_NOTICE_LENGTH) ?? null;

function asError(cause: unknown): Error {
  return cause instanceof Error ? cause : new Error(String(cause));
}
