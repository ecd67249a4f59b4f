import { randomUUID } from 'node:crypto';
import { admitReader, type ConsoleOutcome, READER_ROLE, runConsole, splitStatements } from '@ashlar/postgres';
import { type Actor, inProject } from '../application/authorise.ts';
import type { ControlParts } from '../application/control-parts.ts';
import { controlErrors } from '../control-errors.ts';
import { onlyReads, withoutTexts } from './sql-text.ts';

/** Whose eyes free SQL sees with. */
export const CONSOLE_VIEWS = ['reader', 'owner', 'anon', 'authenticated', 'service_role'] as const;
export type ConsoleView = (typeof CONSOLE_VIEWS)[number];

export interface SqlRequest {
  /** To cancel it by; the client's own choice. */
  readonly id: string | null;
  readonly sql: string;
  readonly as: ConsoleView;
  /** Of the token a view would come with. */
  readonly claims: Readonly<Record<string, unknown>>;
  readonly explain: 'plan' | 'analyze' | null;
  readonly transaction: boolean;
  readonly rollback: boolean;
  readonly maxRows: number;
  readonly timeoutMs: number;
}

export interface SqlAnswer extends ConsoleOutcome {
  readonly id: string;
  readonly as: ConsoleView;
  /** Whether its transaction was committed; null when it had none, or the connection ended before anybody could tell. */
  readonly committed: boolean | null;
  /** Of what was put in front of each statement; positions of errors count it in. */
  readonly prefixLength: number;
  /** Where each statement begins in what was sent, in characters from 0. */
  readonly starts: readonly number[];
}

export interface Console {
  /**
   * Runs free SQL: as the project's owner, as a role of the API with claims, or on the login that only reads.
   *
   * @throws {AshlarError} those of `inProject`, `control.sql_empty`, `control.sql_too_many`, `control.sql_not_reading`,
   *   `control.sql_busy`, `control.sql_id_taken`.
   */
  run(parts: ControlParts, actor: Actor, ref: string, request: SqlRequest): Promise<SqlAnswer>;
  /** Ends a run of the actor's own. @throws {AshlarError} those of `inProject`, `control.sql_unknown`. */
  cancel(parts: ControlParts, actor: Actor, ref: string, id: string): Promise<void>;
  /** Ends all of them. */
  close(): Promise<void>;
}

const MAX_RUNNING = 8;
const MAX_RUNNING_OF_ACCOUNT = 3;
const MAX_STATEMENTS = 100;
const MAX_RESULT_BYTES = 8 * 1024 * 1024;
const MAX_LOGGED_CHARACTERS = 2_000;
const SEARCH_PATH = 'public, extensions';

interface Run {
  readonly accountId: string;
  readonly ref: string;
  readonly stop: AbortController;
  readonly done: Promise<unknown>;
}

export function createConsole(): Console {
  const running = new Map<string, Run>();

  async function track(
    key: string,
    accountId: string,
    ref: string,
    work: (signal: AbortSignal) => Promise<SqlAnswer>,
  ): Promise<SqlAnswer> {
    const own = [...running.values()].filter((run) => run.accountId === accountId).length;
    if (running.size >= MAX_RUNNING || own >= MAX_RUNNING_OF_ACCOUNT) throw controlErrors.sqlBusy();
    if (running.has(key)) throw controlErrors.sqlIdTaken();
    const stop = new AbortController();
    const done = work(stop.signal);
    running.set(key, { accountId, ref, stop, done: done.catch(() => undefined) });
    try {
      return await done;
    } finally {
      running.delete(key);
    }
  }

  return {
    async run(parts, actor, ref, request) {
      const statements = statementsOf(request);
      const id = request.id ?? randomUUID();
      const operation = request.as === 'reader' ? 'sql.query' : 'sql.run';
      return track(keyOf(actor, ref, id), actor.accountId, ref, async (signal) => {
        await parts.inTransaction(async (stores) => {
          await inProject(stores, actor, ref, operation);
          const sql = withoutTexts(request.sql.slice(0, MAX_LOGGED_CHARACTERS));
          const detail = { as: request.as, sql, explain: request.explain, rollback: request.rollback };
          const entry = { action: operation, organisationId: null, projectRef: ref, target: id, detail };
          await stores.audit.add(entry, actor.author);
        });
        const { project, target, ownerRole } = await parts.projects.open(ref);
        if (request.as === 'reader') await admitReader(project.database, ownerRole);
        const transaction = transactionOf(request);
        const rollback = request.rollback || request.explain !== null;
        const outcome = await runConsole(target, {
          statements,
          as: request.as === 'reader' ? READER_ROLE : request.as,
          settings: settingsOf(request),
          transaction,
          rollback,
          bounds: { maxRows: request.maxRows, maxBytes: MAX_RESULT_BYTES },
          timeoutMs: request.timeoutMs,
          signal,
        });
        const isUnknown =
          transaction === 'none' || (transaction === 'one' && !rollback && outcome.failure?.reason === 'lost');
        const committed = isUnknown ? null : transaction === 'one' && !rollback && outcome.failure === null;
        return {
          ...outcome,
          id,
          as: request.as,
          committed,
          prefixLength: prefixOf(request.explain).length,
          starts: startsOf(request.sql),
        };
      });
    },

    async cancel(parts, actor, ref, id) {
      await parts.inTransaction((stores) => inProject(stores, actor, ref, 'sql.query'));
      const run = running.get(keyOf(actor, ref, id));
      if (run === undefined) throw controlErrors.sqlUnknown();
      run.stop.abort();
      await run.done;
    },

    async close() {
      const runs = [...running.values()];
      for (const { stop } of runs) stop.abort();
      await Promise.all(runs.map(({ done }) => done));
    },
  };
}

/** One chooses ids for oneself, so nobody takes or ends another's. */
function keyOf({ accountId }: Actor, ref: string, id: string): string {
  return `${accountId} ${ref} ${id}`;
}

function statementsOf({ sql, as, explain }: SqlRequest): readonly string[] {
  const statements = splitStatements(sql);
  if (statements.length === 0) throw controlErrors.sqlEmpty();
  if (statements.length > MAX_STATEMENTS)
    throw controlErrors.sqlTooMany({ found: statements.length, limit: MAX_STATEMENTS });
  const writing = as === 'reader' ? statements.find((statement) => !onlyReads(statement)) : undefined;
  if (writing !== undefined) throw controlErrors.sqlNotReading({ statement: writing.slice(0, 200) });
  return statements.map((statement) => `${prefixOf(explain)}${statement}`);
}

/** PostgreSQL counts characters, which JavaScript's lengths of texts do not. */
function startsOf(sql: string): readonly number[] {
  let end = 0;
  let characters = 0;
  return splitStatements(sql).map((statement) => {
    const start = sql.indexOf(statement, end);
    characters += Array.from(sql.slice(end, start)).length;
    const at = characters;
    characters += Array.from(statement).length;
    end = start + statement.length;
    return at;
  });
}

function prefixOf(explain: SqlRequest['explain']): string {
  switch (explain) {
    case null:
      return '';
    case 'plan':
      return 'explain (verbose, format json) ';
    case 'analyze':
      return 'explain (analyze, buffers, verbose, format json) ';
  }
}

function transactionOf({ as, transaction, explain, rollback }: SqlRequest): 'one' | 'none' | 'reading' {
  if (as === 'reader') return 'reading';
  // What is explained or tried out is undone, and for that it has to be in a transaction.
  return transaction || explain !== null || rollback ? 'one' : 'none';
}

function settingsOf({ as, claims }: SqlRequest): readonly (readonly [string, string])[] {
  if (as === 'owner') return [];
  if (as === 'reader') return [['search_path', SEARCH_PATH]];
  const { sub } = claims;
  return [
    ['search_path', SEARCH_PATH],
    ['request.jwt.claims', JSON.stringify({ ...claims, role: as })],
    ['request.jwt.claim.sub', typeof sub === 'string' ? sub : ''],
    ['request.jwt.claim.role', as],
    ['request.headers', '{}'],
  ];
}
