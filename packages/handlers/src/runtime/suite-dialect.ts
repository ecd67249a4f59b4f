import { type Transaction, toBoundValue } from '@ashlar/postgres';
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
} from 'kysely';
import { readRows } from './read-rows.ts';

/** Kysely on a transaction that is already open: it neither begins nor ends one. */
export function suiteDatabase<Tables>(tx: Transaction): Kysely<Tables> {
  return new Kysely<Tables>({ dialect: dialectOn(tx) });
}

function dialectOn(tx: Transaction): Dialect {
  return {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new OpenTransactionDriver(tx),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  };
}

class OpenTransactionDriver implements Driver {
  readonly #connection: DatabaseConnection;

  constructor(tx: Transaction) {
    this.#connection = new OpenTransaction(tx);
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<DatabaseConnection> {
    return this.#connection;
  }

  async beginTransaction(): Promise<void> {
    throw new Error('A use case is one transaction already; it cannot begin another');
  }

  async commitTransaction(): Promise<void> {}
  async rollbackTransaction(): Promise<void> {}
  async releaseConnection(): Promise<void> {}
  async destroy(): Promise<void> {}
}

class OpenTransaction implements DatabaseConnection {
  readonly #tx: Transaction;

  constructor(tx: Transaction) {
    this.#tx = tx;
  }

  async executeQuery<Row>({ sql, parameters }: CompiledQuery): Promise<QueryResult<Row>> {
    const result = await this.#tx.execute({ statement: { text: sql, values: parameters.map(toBoundValue) } });
    // The suite's table types say what its SQL returns; nothing here could check it.
    const rows = readRows(result) as Row[];
    return { rows, numAffectedRows: BigInt(result.rowCount) };
  }

  // oxlint-disable-next-line require-yield -- the port asks for a generator.
  async *streamQuery<Row>(): AsyncGenerator<QueryResult<Row>> {
    throw new Error('A use case reads bounded results; long ones are exported by a job');
  }
}
