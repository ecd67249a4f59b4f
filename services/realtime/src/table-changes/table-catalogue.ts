import { type CallResult, type Lsn, parseLsn, type ProjectDatabase } from '@ashlar/postgres';
import { IS_PUBLISHED, readTableFacts, type TableFacts } from './table-facts.ts';

export interface PublishedTable {
  readonly oid: number;
  readonly schema: string;
  readonly name: string;
}

const PUBLISHED = `
  select c.oid::pg_catalog.int8, n.nspname, c.relname
    from pg_catalog.pg_class c
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    join pg_catalog.pg_publication b on ${IS_PUBLISHED}
   where c.oid >= 16384 and case when b.pubviaroot then c.relkind in ('r', 'p') and not c.relispartition else c.relkind = 'r' end`;
const STATEMENT_TIMEOUT_MS = 5_000;
/** Many clients join at once and ask the same; what they are told may be this old. */
const MEMORY_MS = 500;
/** Roles a project's tables are looked at for; beyond, those that were asked for first are forgotten. */
const MAX_ROLES = 32;

/** What is known of the tables of one project. */
export class TableCatalogue {
  readonly #database: ProjectDatabase;
  readonly #now: () => number;
  #roles = new Set<string>();
  #facts = new Map<number, TableFacts>();
  #published: { readonly tables: Promise<readonly PublishedTable[]>; readonly atMs: number } | null = null;

  #readingEnd: Promise<unknown> = Promise.resolve();
  #nextEnd: Promise<Lsn> | null = null;

  constructor(database: ProjectDatabase, now: () => number) {
    this.#database = database;
    this.#now = now;
  }

  /** The tables clients may subscribe to. */
  published(): Promise<readonly PublishedTable[]> {
    const known = this.#published;
    if (known !== null && this.#now() - known.atMs < MEMORY_MS) return known.tables;
    const tables = this.#readPublished();
    this.#published = { tables, atMs: this.#now() };
    tables.catch(() => (this.#published = null));
    return tables;
  }

  /** Where the log ends now, or a moment later: all that was committed before the question stands before it. */
  end(): Promise<Lsn> {
    // Those who ask while an answer is under way share the next one; that answer may be from before their question.
    if (this.#nextEnd !== null) return this.#nextEnd;
    const end = this.#readingEnd.then(() => {
      this.#nextEnd = null;
      const reading = this.#readEnd();
      this.#readingEnd = reading.catch(() => undefined);
      return reading;
    });
    this.#nextEnd = end;
    return end;
  }

  /** What was read of a table, if anything was; it may have changed since. */
  peek(oid: number): TableFacts | undefined {
    return this.#facts.get(oid);
  }

  /** Reads what is not known of these tables, for these roles. */
  async learn(oids: readonly number[], roles: Iterable<string>): Promise<void> {
    this.#expect(roles);
    const missing = oids.filter((oid) => !this.#facts.has(oid));
    if (missing.length === 0) return;
    const asked = this.#roles;
    const facts = await readTableFacts(this.#database, missing, [...asked]);
    // Another role came meanwhile: what was read does not speak of it.
    if (asked !== this.#roles) return this.learn(oids, roles);
    for (const table of facts) this.#facts.set(table.oid, table);
  }

  forget(oid: number): void {
    this.#facts.delete(oid);
  }

  #expect(roles: Iterable<string>): void {
    const unknown = [...roles].filter((role) => !this.#roles.has(role));
    if (unknown.length === 0) return;
    this.#roles = new Set([...this.#roles, ...unknown].slice(-MAX_ROLES));
    this.#facts = new Map();
  }

  async #readPublished(): Promise<readonly PublishedTable[]> {
    const rows = await this.#read(PUBLISHED);
    return rows.map(([oid, schema, name]) => ({ oid: Number(oid), schema: schema ?? '', name: name ?? '' }));
  }

  async #readEnd(): Promise<Lsn> {
    const [row] = await this.#read('select pg_catalog.pg_current_wal_insert_lsn()');
    return parseLsn(row?.[0] ?? '0/0');
  }

  async #read(text: string): Promise<CallResult['rows']> {
    const { rows } = await this.#database.call({
      login: 'service',
      role: 'realtime',
      settings: [],
      readOnly: true,
      connection: 'own',
      background: true,
      statementTimeoutMs: STATEMENT_TIMEOUT_MS,
      statement: { text, values: [] },
    });
    return rows;
  }
}
