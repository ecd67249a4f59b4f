import { type Connection, DatabaseError, type Submittable } from 'pg';

export interface ConsoleColumn {
  readonly name: string;
  /** OID of the type in `pg_type`. */
  readonly typeOid: number;
  readonly typeModifier: number;
}

export interface StatementRows {
  /** The verb of the command tag: SELECT, INSERT, CREATE TABLE, … */
  readonly command: string;
  /** Rows the command says it returned or changed; null where it says none. */
  readonly rowCount: number | null;
  readonly columns: readonly ConsoleColumn[];
  /** In the text format of the server. */
  readonly rows: readonly (readonly (string | null)[])[];
  /** There would have been more. */
  readonly isCut: boolean;
}

export interface StatementBounds {
  readonly maxRows: number;
  /** Of all values together; what a page holds beyond it is kept, and no page is asked for after it. */
  readonly maxBytes: number;
}

/** Of the driver's connection, what it does not declare as it is. */
interface Wire {
  parse(message: { readonly text: string; readonly name: string; readonly types: readonly number[] }): void;
  bind(message: { readonly portal: string; readonly statement: string; readonly values: readonly string[] }): void;
  describe(message: { readonly type: 'P'; readonly name: string }): void;
  execute(message: { readonly portal: string; readonly rows: number }): void;
  flush(): void;
  sync(): void;
  sendCopyFail(reason: string): void;
}

interface FieldMessage {
  readonly name: string;
  readonly dataTypeID: number;
  readonly dataTypeModifier: number;
}

const PAGE_ROWS = 200;

/**
 * One statement by the extended protocol, which refuses two in one message; its rows are fetched in pages up to a
 * bound. The driver calls its methods by these names.
 */
export class ConsoleStatement implements Submittable {
  readonly #text: string;
  readonly #bounds: StatementBounds;
  readonly #outcome = Promise.withResolvers<StatementRows>();
  #columns: readonly ConsoleColumn[] = [];
  readonly #rows: (readonly (string | null)[])[] = [];
  #bytes = 0;
  #tag = '';
  #isCut = false;

  constructor(text: string, bounds: StatementBounds) {
    this.#text = text;
    this.#bounds = bounds;
  }

  /** @throws {DatabaseError} what the server refused; another error when the connection ended. */
  get outcome(): Promise<StatementRows> {
    return this.#outcome.promise;
  }

  submit(connection: Connection): void {
    const wire = asWire(connection);
    wire.parse({ text: this.#text, name: '', types: [] });
    wire.bind({ portal: '', statement: '', values: [] });
    wire.describe({ type: 'P', name: '' });
    this.#fetch(wire);
  }

  handleRowDescription({ fields }: { readonly fields: readonly FieldMessage[] }): void {
    this.#columns = fields.map(({ name, dataTypeID, dataTypeModifier }) => ({
      name,
      typeOid: dataTypeID,
      typeModifier: dataTypeModifier,
    }));
  }

  handleDataRow({ fields }: { readonly fields: readonly (string | null)[] }): void {
    this.#rows.push(fields);
    for (const field of fields) this.#bytes += field === null ? 0 : Buffer.byteLength(field);
  }

  handlePortalSuspended(connection: Connection): void {
    const isFull = this.#rows.length > this.#bounds.maxRows || this.#bytes > this.#bounds.maxBytes;
    if (!isFull) {
      this.#fetch(asWire(connection));
      return;
    }
    this.#isCut = true;
    this.#rows.length = Math.min(this.#rows.length, this.#bounds.maxRows);
    asWire(connection).sync();
  }

  handleCommandComplete({ text }: { readonly text: string }, connection: Connection): void {
    this.#tag = text;
    asWire(connection).sync();
  }

  handleEmptyQuery(connection: Connection): void {
    asWire(connection).sync();
  }

  handleCopyInResponse(connection: Connection): void {
    asWire(connection).sendCopyFail('COPY FROM STDIN has no input here');
  }

  /** What COPY TO STDOUT says goes nowhere. */
  handleCopyData(): void {}

  /** The driver forgets a statement with its error, and waits for the answer to the Sync by itself. */
  handleError(error: Error, connection: Connection): void {
    this.#outcome.reject(error);
    if (error instanceof DatabaseError && !connection.stream.destroyed) asWire(connection).sync();
  }

  handleReadyForQuery(): void {
    const { command, rowCount } = readTag(this.#tag);
    this.#outcome.resolve({
      command: this.#isCut ? 'SELECT' : command,
      rowCount: this.#isCut ? this.#rows.length : rowCount,
      columns: this.#columns,
      rows: this.#rows,
      isCut: this.#isCut,
    });
  }

  /** One more row than wanted is asked for, to know whether there is one. */
  #fetch(wire: Wire): void {
    wire.execute({ portal: '', rows: Math.min(PAGE_ROWS, this.#bounds.maxRows + 1 - this.#rows.length) });
    wire.flush();
  }
}

/** `INSERT 0 5`, `SELECT 5`, `CREATE TABLE` */
function readTag(tag: string): { readonly command: string; readonly rowCount: number | null } {
  const [, command = tag, count] = /^(.*?)(?:(?: \d+)? (\d+))?$/.exec(tag) ?? [];
  return { command, rowCount: count === undefined ? null : Number(count) };
}

/** The driver declares other parameters than it takes. */
function asWire(connection: Connection): Wire {
  return connection as unknown as Wire;
}
