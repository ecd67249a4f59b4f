import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { admitReader, splitStatements, streamConsole } from '@ashlar/postgres';
import { type Actor, inProject } from '../../application/authorise.ts';
import type { ControlParts } from '../../application/control-parts.ts';
import { onlyReads, withoutTexts } from '../../console/sql-text.ts';
import { controlErrors } from '../../control-errors.ts';
import { writeCsv, writeJson } from './text-files.ts';
import { writeXlsx } from './xlsx-file.ts';
import { tableErrors } from '../../table-errors.ts';

export const EXPORT_FORMATS = ['csv', 'xlsx', 'json'] as const;

export interface ExportRequest {
  /** One statement that reads. */
  readonly sql: string;
  readonly format: (typeof EXPORT_FORMATS)[number];
  /** Of the file, without its ending. */
  readonly name: string;
  readonly isLeftward: boolean;
}

interface Asked extends ExportRequest {
  readonly accountId: string;
  readonly ref: string;
  readonly expiresAt: number;
}

export interface ExportFile {
  readonly name: string;
  readonly type: string;
  readonly content: Readable;
}

const FETCHED_WITHIN_MS = 2 * 60_000;
const MAX_ASKED = 100;
const MAX_RUNNING = 4;
const MAX_RUNNING_OF_ACCOUNT = 2;
const TIMEOUT_MS = 15 * 60_000;
const MAX_LOGGED_CHARACTERS = 2_000;
const TYPES = {
  csv: 'text/csv; charset=utf-8',
  json: 'application/json; charset=utf-8',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
} as const;

/** Results of any size as files. One is asked for, and fetched once by a link, so that the browser itself saves it. */
export class ExportDesk {
  readonly #asked = new Map<string, Asked>();
  readonly #running = new Map<string, { readonly accountId: string; readonly stop: AbortController }>();

  /** @throws {AshlarError} those of `inProject`, `control.sql_empty`, `control.sql_too_many`, `control.sql_not_reading`. */
  async ask(parts: ControlParts, actor: Actor, ref: string, request: ExportRequest): Promise<string> {
    const statements = splitStatements(request.sql);
    const [statement] = statements;
    if (statement === undefined) throw controlErrors.sqlEmpty();
    if (statements.length > 1) throw controlErrors.sqlTooMany({ found: statements.length, limit: 1 });
    if (!onlyReads(statement)) throw controlErrors.sqlNotReading({ statement: statement.slice(0, 200) });
    const id = randomUUID();
    await parts.inTransaction(async (stores) => {
      await inProject(stores, actor, ref, 'sql.export');
      const detail = { format: request.format, sql: withoutTexts(statement.slice(0, MAX_LOGGED_CHARACTERS)) };
      const entry = { action: 'sql.export', organisationId: null, projectRef: ref, target: id, detail };
      await stores.audit.add(entry, actor.author);
    });
    this.#sweep();
    if (this.#asked.size >= MAX_ASKED) throw tableErrors.exportBusy();
    const expiresAt = Date.now() + FETCHED_WITHIN_MS;
    this.#asked.set(id, { ...request, sql: statement, accountId: actor.accountId, ref, expiresAt });
    return id;
  }

  /**
   * Begins one, as whoever asked for it and may still read. A failure after that ends the file early, which browsers
   * show as a download that failed.
   *
   * @throws {AshlarError} those of `inProject`, `control.export_unknown`, `control.export_busy`.
   * @throws {DatabaseError} What PostgreSQL refused before the first row.
   */
  async fetch(parts: ControlParts, actor: Actor, ref: string, id: string): Promise<ExportFile> {
    await parts.inTransaction((stores) => inProject(stores, actor, ref, 'sql.export'));
    this.#sweep();
    const asked = this.#asked.get(id);
    if (asked === undefined || asked.accountId !== actor.accountId || asked.ref !== ref)
      throw tableErrors.exportUnknown();
    const own = [...this.#running.values()].filter(({ accountId }) => accountId === actor.accountId).length;
    if (this.#running.size >= MAX_RUNNING || own >= MAX_RUNNING_OF_ACCOUNT) throw tableErrors.exportBusy();
    this.#asked.delete(id);
    const stop = new AbortController();
    this.#running.set(id, { accountId: actor.accountId, stop });
    try {
      const { project, target, ownerRole } = await parts.projects.open(ref);
      await admitReader(project.database, ownerRole);
      const settings = [['search_path', 'public, extensions']] as const;
      const script = { statement: asked.sql, settings, timeoutMs: TIMEOUT_MS, signal: stop.signal };
      const rows = await streamConsole(target, script);
      const content = Readable.from(writerOf(asked.format)({ ...rows, isLeftward: asked.isLeftward }), {
        objectMode: false,
      });
      content.once('close', () => {
        stop.abort();
        this.#running.delete(id);
      });
      return { name: `${asked.name}.${asked.format}`, type: TYPES[asked.format], content };
    } catch (error) {
      this.#running.delete(id);
      throw error;
    }
  }

  close(): void {
    this.#asked.clear();
    for (const { stop } of this.#running.values()) stop.abort();
  }

  #sweep(): void {
    const now = Date.now();
    for (const [id, { expiresAt }] of this.#asked) if (expiresAt < now) this.#asked.delete(id);
  }
}

function writerOf(
  format: ExportRequest['format'],
): (sheets: Parameters<typeof writeXlsx>[0]) => AsyncGenerator<string | Buffer> {
  return format === 'csv' ? writeCsv : format === 'json' ? writeJson : writeXlsx;
}
