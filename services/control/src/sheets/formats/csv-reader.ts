import { type Cell, FileFault, MAX_COLUMNS, MAX_ROW_LENGTH } from './source-row.ts';

const QUOTE = '"';

interface Found {
  readonly value: Cell;
  /** Behind the cell: a delimiter, a line's end or the text's end. */
  readonly end: number;
}

/**
 * Rows of separated values (RFC 4180) out of texts that end anywhere. An empty cell is null, an empty one between quotes
 * is the empty text. Lines may end with LF, CR LF or CR; empty ones are no rows.
 */
export class CsvReader {
  readonly #delimiter: string;
  #rest = '';
  #row = 0;

  constructor(delimiter: string) {
    this.#delimiter = delimiter;
  }

  /** @throws {FileFault} For a row larger than any may be. */
  *push(text: string): Generator<{ readonly number: number; readonly cells: readonly Cell[] }> {
    yield* this.#read(text, false);
  }

  /** What is left when there is no more. */
  *end(): Generator<{ readonly number: number; readonly cells: readonly Cell[] }> {
    yield* this.#read('', true);
  }

  *#read(more: string, isLast: boolean): Generator<{ readonly number: number; readonly cells: readonly Cell[] }> {
    const text = this.#rest + more;
    let at = 0;
    while (at < text.length) {
      const row = this.#rowAt(text, at, isLast);
      if (row === null) break;
      this.#row += 1;
      at = row.end;
      if (row.cells.length > 1 || row.cells[0] !== null) yield { number: this.#row, cells: row.cells };
    }
    this.#rest = text.slice(at);
    if (this.#rest.length > MAX_ROW_LENGTH) throw new FileFault('row-too-large', this.#row + 1);
  }

  /** Null when the row may go on in a piece that is not here yet. */
  #rowAt(text: string, start: number, isLast: boolean): { cells: readonly Cell[]; end: number } | null {
    const cells: Cell[] = [];
    let at = start;
    for (;;) {
      const cell = text[at] === QUOTE ? this.#quoted(text, at, isLast) : this.#plain(text, at);
      if (cell === null || (cell.end >= text.length && !isLast)) return null;
      cells.push(cell.value);
      if (cells.length > MAX_COLUMNS) throw new FileFault('too-many-columns', this.#row + 1);
      at = cell.end;
      if (at >= text.length) return { cells, end: at };
      if (text[at] === this.#delimiter) {
        at += 1;
        continue;
      }
      // A line feed that belongs to this return may be in the next piece.
      if (text[at] === '\r' && at + 1 >= text.length && !isLast) return null;
      return { cells, end: text[at] === '\r' && text[at + 1] === '\n' ? at + 2 : at + 1 };
    }
  }

  #plain(text: string, start: number): Found {
    let end = start;
    while (end < text.length && !this.#isEnd(text[end])) end += 1;
    return { value: end === start ? null : text.slice(start, end), end };
  }

  #quoted(text: string, start: number, isLast: boolean): Found | null {
    let value = '';
    let from = start + 1;
    for (;;) {
      const quote = text.indexOf(QUOTE, from);
      if (quote === -1) {
        if (isLast) throw new FileFault('quote-not-closed', this.#row + 1);
        return null;
      }
      value += text.slice(from, quote);
      if (text[quote + 1] !== QUOTE) {
        // What stands between a quote and the next delimiter is no standard's; it is kept rather than lost.
        const { value: tail, end } = this.#plain(text, quote + 1);
        return { value: value + (tail ?? ''), end };
      }
      value += QUOTE;
      from = quote + 2;
    }
  }

  #isEnd(sign: string | undefined): boolean {
    return sign === this.#delimiter || sign === '\n' || sign === '\r';
  }
}

const DELIMITERS = [',', ';', '\t', '|'];

/** The delimiter that parts the first lines into most cells, the same number in each; a comma when none does. */
export function guessDelimiter(sample: string): string {
  const scores = DELIMITERS.map((delimiter) => {
    const counts = rowsOf(sample, delimiter).map(({ length }) => length);
    const [first = 1] = counts;
    const even = counts.filter((count) => count === first).length / Math.max(1, counts.length);
    return { delimiter, score: first < 2 ? 0 : even * 1000 + first };
  });
  const best = scores.reduce((one, other) => (other.score > one.score ? other : one));
  return best.score === 0 ? ',' : best.delimiter;
}

const SAMPLE_ROWS = 50;

function rowsOf(sample: string, delimiter: string): readonly (readonly Cell[])[] {
  const reader = new CsvReader(delimiter);
  const rows: (readonly Cell[])[] = [];
  try {
    for (const { cells } of reader.push(sample)) if (rows.push(cells) >= SAMPLE_ROWS) break;
    if (rows.length === 0) for (const { cells } of reader.end()) rows.push(cells);
  } catch (error) {
    if (!(error instanceof FileFault)) throw error;
  }
  return rows;
}
