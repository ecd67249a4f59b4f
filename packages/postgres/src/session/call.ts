/**
 * The vocabulary of a project's database sessions: what a service asks for, and what it gets back.
 * Rules every implementation keeps: claims, role and statement travel in one implicit transaction, and no byte of a
 * write's answer is handed out before the server said ReadyForQuery.
 */

/**
 * A value is bound as an untyped text literal, so PostgreSQL does the cast and reports the type error. Bytes are bound
 * in binary format, which for text and json is their UTF-8 and for bytea the bytes themselves.
 */
export type StatementValue = string | null | Buffer;

/** One SQL text with its values, as a compiler makes it. Equal texts share a prepared statement per role. */
export interface Statement {
  readonly text: string;
  readonly values: readonly StatementValue[];
}

/** Which login of the project's database runs a call. */
export type LoginKind =
  /** `<ref>_authenticator`: may become anon, authenticated, service_role and nothing else. */
  | 'authenticator'
  /**
   * `<ref>_<role>`: may become the runner role of the call and nothing else. For every statement of a service in a
   * project's database, because triggers of the project's owner may run inside it.
   */
  | 'service'
  /**
   * The platform's login: may become the owner roles of services and suites, in every database. For the control
   * database and for upkeep of what no project can put code on.
   */
  | 'platform'
  /** `<ref>_owner`: acts as `postgres` inside its own database. */
  | 'owner';

/** Transaction-local settings, applied in this order before the statement. */
export type LocalSettings = readonly (readonly [name: string, value: string])[];

export interface Call {
  readonly login: LoginKind;
  /** The role the statement runs as. */
  readonly role: string;
  readonly settings: LocalSettings;
  readonly readOnly: boolean;
  /** Milliseconds; bounds the statement on the server. Without it the login's own setting holds. */
  readonly statementTimeoutMs?: number;
  /** Runs after the settings and before the statement (a pre-request function). */
  readonly before?: Statement;
  readonly statement: Statement;
  /**
   * `shared`: pipelined with other callers, reads on one of the project's two sessions and single-row writes on one of
   * a few own connections; nothing else. Reads of another login than the authenticator's take a connection of their own.
   * `own`: a connection for this call alone, from the budget all projects share.
   * The session may move a shape that proved slow from `shared` to `own`, never the other way.
   */
  readonly connection: 'shared' | 'own';
  /** Only with `own`: it cannot be set after a snapshot was taken. */
  readonly isolation?: 'read committed' | 'repeatable read' | 'serializable';
  /** Only with `own`: undo everything after the result was read (`Prefer: tx=rollback`). */
  readonly rollback?: boolean;
  /** Cancels an own connection's statement; on a shared one the answer is dropped. */
  readonly signal?: AbortSignal;
  /** Housekeeping of the platform itself: it does not count as use of the project, which may go idle around it. */
  readonly background?: boolean;
}

export interface ResultField {
  readonly name: string;
  /** OID of the type in `pg_type`. */
  readonly typeOid: number;
}

/** Values in PostgreSQL's text format, exactly as the server wrote them. */
export interface StatementResult {
  readonly fields: readonly ResultField[];
  readonly rows: readonly (readonly (string | null)[])[];
  /** The command tag's verb: SELECT, INSERT, … */
  readonly command: string;
  readonly rowCount: number;
}

/** Rows decoded when `rows` is first read, so that a body can also be passed on as the bytes it came as. */
export interface ResultRows {
  readonly rows: readonly (readonly (string | null)[])[];
  /** Number of rows. */
  readonly length: number;
  /**
   * The value's bytes (UTF-8) as the server wrote them, null for SQL's null. A large body that is only passed on
   * spares its way through a JavaScript string, which costs some 4 ms per MB for text beyond ASCII. The bytes are a
   * view: whoever keeps them keeps the packet they came in.
   */
  bytes(row: number, column: number): Buffer | null;
}

export interface CallResult extends StatementResult, ResultRows {}

export interface TransactionOptions {
  readonly login: LoginKind;
  readonly role: string;
  readonly settings?: LocalSettings;
  readonly readOnly?: boolean;
  readonly isolation?: Call['isolation'];
  readonly statementTimeoutMs?: number;
  /** Undo everything once the callback has returned. */
  readonly rollback?: boolean;
  readonly signal?: AbortSignal;
  /**
   * Another transaction of this process waits for it: it is not held to the share of its project, or those that have
   * all of it would wait for each other.
   */
  readonly isNested?: boolean;
}

/** A statement of a transaction, with what is set and run before it. */
export interface TransactionStep {
  /** Set by the login, like those of a call; the transaction's role is taken again after them. */
  readonly settings?: LocalSettings;
  readonly before?: Statement;
  readonly statement: Statement;
}

export interface Transaction {
  /**
   * Queries take effect in the order of the calls, awaited or not: those issued together travel together.
   * Rows as objects with the driver's usual JavaScript types (Date, number, parsed json; bigint and numeric as text).
   */
  query<Row extends Record<string, unknown>>(
    text: string,
    values?: readonly unknown[],
  ): Promise<{ readonly rows: Row[]; readonly rowCount: number }>;
  /** The result as it came, as `ProjectDatabase.call` gives it. All of the step travels together. */
  execute(step: TransactionStep): Promise<CallResult>;
  /**
   * Statements one after the other in one packet, answered together: cheaper for the server than each for itself. After
   * the first that is refused the others are not run, and the transaction has to go back to a savepoint.
   *
   * @throws When the connection is lost.
   */
  executeAll(statements: readonly Statement[]): Promise<StatementSequence>;
}

export interface StatementSequence {
  /** Of the statements before the one that was refused. */
  readonly answers: readonly CallResult[];
  /** The server's refusal; null when there was none. */
  readonly error: unknown;
}

export interface Notification {
  readonly channel: string;
  readonly payload: string;
}

/**
 * The doors of one project's database. Every method rejects with the driver's `DatabaseError` (SQLSTATE in `code`)
 * for what PostgreSQL refused, and with a `postgres.*` AshlarError of kind `unavailable` or `timeout` when the
 * database is away or its bounded queue is full.
 */
export interface ProjectDatabase {
  readonly ref: string;
  readonly database: string;
  /** Whether it was used since it last went idle; housekeeping leaves a sleeping project alone. */
  readonly awake: boolean;
  /** When it was last used, on the clock of `performance.now()`. */
  readonly usedAt: number;
  /**
   * Called once, when it is used again.
   *
   * @returns What takes it back.
   */
  onNextUse(callback: () => void): () => void;
  call(call: Call): Promise<CallResult>;
  /**
   * Pages of one row or more on an own connection, with back-pressure: for results that may exceed 1,000 rows.
   * `statementTimeoutMs` bounds the whole of it, the reader's pauses included.
   */
  stream(call: Omit<Call, 'connection'>): AsyncIterable<ResultRows>;
  /** BEGIN, role and settings, the callback's queries, COMMIT; ROLLBACK when the callback throws or it is asked for. */
  transaction<Result>(options: TransactionOptions, run: (tx: Transaction) => Promise<Result>): Promise<Result>;
  /** Listens on the project's one LISTEN connection; re-listens after a reconnect and then calls `onReconnect`. */
  listen(
    channel: string,
    onNotification: (notification: Notification) => void,
    onReconnect?: () => void,
  ): Promise<{ stop(): Promise<void> }>;
  /** Closes every connection of this project; the next call opens them again. */
  idle(): Promise<void>;
}
