import { createWriteStream, type WriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { csvLine } from './export/csv-line.ts';
import type { LoadFault } from './load-rows.ts';

/** Longer cells are cut: the file is to be looked at and mended, not a copy of the other. */
const MAX_CELL_LENGTH = 32_000;

/** The rows that were not loaded, as CSV: their number, why, and what they hold. */
export class FaultFile {
  readonly #stream: WriteStream;

  constructor(path: string, columns: readonly string[]) {
    this.#stream = createWriteStream(path, { mode: 0o600 });
    // What goes wrong is said at the end, by `close`.
    this.#stream.on('error', () => undefined);
    this.#stream.write(`\uFEFF${csvLine(['row', 'error', ...columns])}`);
  }

  add({ row, column, reason }: LoadFault): void {
    const why = 'code' in reason ? reason.code : reason.message;
    const cells = row.cells.map((cell) => cell?.slice(0, MAX_CELL_LENGTH) ?? null);
    this.#stream.write(csvLine([String(row.number), column === null ? why : `${column}: ${why}`, ...cells]));
  }

  /** Settles when all of it is on disk. */
  async close(): Promise<void> {
    this.#stream.end();
    await finished(this.#stream);
  }
}
